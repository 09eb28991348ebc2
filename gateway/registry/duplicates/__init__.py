"""Whether two records may be of one person: keys of names, points for what agrees, and the reasons. Never merges."""
