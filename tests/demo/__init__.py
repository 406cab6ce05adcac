"""The demonstration: its ledger, its stage's hands and door, and the whole of it as a process."""
