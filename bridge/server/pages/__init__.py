"""The pages that the bridge serves, from a fixed table of files."""

from bridge.server.pages.table import PAGES, Page, page_of, page_response

__all__ = ["PAGES", "Page", "page_of", "page_response"]
