"""Somebody who has only the documentation gets to a first receipt."""
