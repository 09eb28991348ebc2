"""Lists of people who are known on paper: a CSV file read as people, or as refusals that say where and why."""
