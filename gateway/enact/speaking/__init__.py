"""A conversation itself: its language, its consents, what is pushed to it, which phone it is bound to."""
