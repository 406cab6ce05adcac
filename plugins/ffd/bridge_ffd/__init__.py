"""The Russian fiscal document format (FFD, 54-FZ): a model distribution, shared by the families of Russian fiscal printers.

No family and no hook is here. `tags`, `versions`, `layouts`, `presence` and `tlv` are the byte codec and import nothing of the host, so
that simulators may use them; everything else builds on the host's model. Import the module that you need.
"""
