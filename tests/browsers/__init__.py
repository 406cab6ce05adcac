"""Real browsers against a bare listener and against the bridge. What a page can and cannot do is measured here, not assumed."""
