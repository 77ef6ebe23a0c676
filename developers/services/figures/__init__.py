"""Figures by the day, kept by following the record."""
