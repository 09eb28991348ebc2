"""Legs of referrals: matching, how they move, what falls due, what providers and people answer."""
