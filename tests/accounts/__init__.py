"""Stories of the room accounts."""
