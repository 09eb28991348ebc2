"""Memory: the only room that speaks SQL. A row's statements live beside its table's name."""
