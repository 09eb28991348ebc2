"""Transcripts: read, played on every channel, measured, and written by talking in a terminal."""
