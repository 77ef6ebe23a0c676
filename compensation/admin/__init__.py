"""Compensation in the admin: remedies that wait for a person, and everything else to look up."""

from compensation.admin import policies, records, remedies

__all__ = ["policies", "records", "remedies"]
