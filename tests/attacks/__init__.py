"""Every attack of docs/security.md, carried out on a real server with a simulated printer behind it.

Each test has the marker `attack` with the number of its row; tests/docs/test_security_page.py holds the table against them.
"""
