"""The pages of developers."""
