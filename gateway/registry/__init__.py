"""What the register decides without a database: numbers and codes, names, births, months, places, PINs. Pure."""
