"""Readers of the files people hand in: bytes to values, or every reason why not."""
