"""What deserves a word to the buyer before they ask, and when it may be said: pure."""
