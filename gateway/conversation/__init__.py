"""The shared state machine: flows as data, and one pure step of a session through them."""
