"""What is known of a flow without playing it: paths, prompts in their worst case, conditions."""
