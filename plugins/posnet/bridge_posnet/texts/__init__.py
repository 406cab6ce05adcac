"""What errors say to people, by language."""

from bridge_posnet.texts.catalogue import CASHIER, NOT_FOR_CASHIERS, polish, remedy

__all__ = ("CASHIER", "NOT_FOR_CASHIERS", "polish", "remedy")
