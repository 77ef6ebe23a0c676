"""What can happen here: one module per use case."""
