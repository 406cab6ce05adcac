"""`tillbridge tls`: certificates for browsers that want https, and the trust stores of this machine."""
