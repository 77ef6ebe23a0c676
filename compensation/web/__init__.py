"""Who sees the rules: the public."""
