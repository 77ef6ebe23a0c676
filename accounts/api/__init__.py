"""What the API needs to know who is asking."""
