"""What the doors of one carrier share: authentication, parsing and clients, without Flask."""
