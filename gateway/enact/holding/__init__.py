"""Whose hands a phone is in: PINs, phones heard after a silence, guardians."""
