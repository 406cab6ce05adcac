"""The console apart from browsers: its catalogues."""
