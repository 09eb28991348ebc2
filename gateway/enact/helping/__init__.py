"""Who helps: read from a file, exchanged with others, and what providers say of their room."""
