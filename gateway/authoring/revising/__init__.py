"""What changes from one revision to the next, for whom, and the publication itself."""
