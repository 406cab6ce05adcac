"""The description of the API: conformance of every answer, its examples, its snapshot, what random requests find."""
