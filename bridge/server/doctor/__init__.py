"""`tillbridge doctor`: one room for each thing that can be wrong. Nothing is imported here."""
