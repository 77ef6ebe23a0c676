"""What anybody sees of the record."""
