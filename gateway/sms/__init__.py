"""SMS: a message in, a message out, on any phone."""
