"""The HTTP API: gate, calls, connections. Nothing is imported here, so that a command may take one room without aiohttp."""
