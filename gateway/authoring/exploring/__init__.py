"""Generated conversations: every way taken, every fault injected."""
