"""Who may come through the browser's door, and what for: origins, tokens, scopes, pairing, the console's sign-in."""
