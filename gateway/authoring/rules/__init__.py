"""What is looked for in an operator's files: one module a matter, each with `findings(project)`."""
