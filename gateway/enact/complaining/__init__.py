"""Complaints, and that they are answered in time."""
