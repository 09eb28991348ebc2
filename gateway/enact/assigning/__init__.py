"""Whose case it is: given by area and load, and given on by who goes away."""
