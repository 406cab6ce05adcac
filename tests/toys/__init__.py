"""Two small families that stand for what fiscal printers are not: a gateway that registers late, a terminal that talks.

They are models of good plugins: the same rooms as any family, and simulators that know nothing of their drivers.
"""
