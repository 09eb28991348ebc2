"""Whether a certificate holds, said to those who may ask; and the holder's own code."""
