"""The console in real browsers: each view, what a technician does there, and what a device's texts cannot do."""
