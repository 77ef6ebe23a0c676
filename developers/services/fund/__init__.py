"""The guarantee fund: claims filed, answered and paid, and money that two people book."""
