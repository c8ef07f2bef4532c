"""The books as files people keep, print, or load into other programs."""
