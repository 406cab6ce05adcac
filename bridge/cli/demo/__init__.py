"""`tillbridge demo`: a till's day against simulators, through the public API only."""
