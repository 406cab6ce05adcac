"""The pages that the bridge serves, from a fixed table of files."""

from bridge.server.pages.table import DOCUMENT, MODULE, PAGES, SCRIPT, STYLE, Page, page_response, policy

__all__ = ["DOCUMENT", "MODULE", "PAGES", "SCRIPT", "STYLE", "Page", "page_response", "policy"]
