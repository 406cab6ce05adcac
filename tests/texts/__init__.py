"""The core's own sentences, in every language that it speaks."""
