"""Work that is done behind the doors: delivering what the outbox holds, and sweeping up what was forgotten."""
