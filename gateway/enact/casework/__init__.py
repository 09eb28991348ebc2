"""What the staff have before them: cases, call-backs, reviews, notes, a case's story."""
