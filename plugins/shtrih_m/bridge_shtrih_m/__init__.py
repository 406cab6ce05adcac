"""Fiscal registers of the Shtrih-M protocol for Tillbridge."""
