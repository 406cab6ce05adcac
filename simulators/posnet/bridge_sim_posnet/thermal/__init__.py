"""The printer as it answers to the older Thermal protocol."""
