"""Many users on one computer: simulated sessions of a terminal server, two real users, and a thousand idle clients."""
