"""Fiscal registers of the ATOL protocol v3 for Tillbridge."""
