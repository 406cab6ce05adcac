"""The bridge as a service of the operating system: started at boot or log-in, and again after a crash."""
