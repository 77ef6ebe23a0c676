"""What can happen to a recall: asked for and counted, ruled on, carried out."""
