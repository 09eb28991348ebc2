"""Telling people, providers and staff what they did not ask for just now."""
