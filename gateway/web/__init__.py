"""One web process: every door, the health checks and the metrics under one Flask application."""
