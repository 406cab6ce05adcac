"""The tillbridge command. Nothing is imported here: the command must start fast."""
