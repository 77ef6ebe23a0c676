"""What buyers see and do."""
