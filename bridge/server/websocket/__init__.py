"""The WebSocket: JSON-RPC 2.0, every call of the API as a method, and events that can be resumed.

Nothing is imported here: the table of calls needs `messages`, and the socket needs the table of calls.
"""
