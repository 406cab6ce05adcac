"""Payment terminals of the ZVT protocol for Tillbridge."""
