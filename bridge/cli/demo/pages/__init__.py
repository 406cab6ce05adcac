"""The till's page of the demonstration, and from which addresses it is served."""

from bridge.cli.demo.pages.table import demo_pages

__all__ = ["demo_pages"]
