"""What is decided about the books: pure."""
