"""Mistakes made on purpose, to see which would be noticed."""
