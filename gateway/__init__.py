"""Returnee Gateway: register, certify and refer returning migrants from a basic phone."""
