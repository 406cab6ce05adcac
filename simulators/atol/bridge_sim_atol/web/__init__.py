"""The vendor's HTTP server ("Web Requests") on top of simulated registers: its queue, its driver, its port."""
