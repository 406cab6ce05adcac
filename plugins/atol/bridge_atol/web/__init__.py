"""The vendor's HTTP server ("Web Requests") as the way to one or several devices. The device's own protocol is beside this package."""
