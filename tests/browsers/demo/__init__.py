"""The till's page of `tillbridge demo --serve`, in real browsers: what a visitor breaks, and that nothing is lost."""
