"""The older Thermal protocol (ESC P ... ESC \\) of the same printers."""
