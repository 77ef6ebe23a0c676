"""The figures of developers for their own programs."""
