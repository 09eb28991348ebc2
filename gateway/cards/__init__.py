"""Cards: what a certificate looks like on paper, and how it is checked without a network."""
