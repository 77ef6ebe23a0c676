"""The makers' room in the admin: recalls, and the funds."""

from developers.admin import funds, recalls

__all__ = ["funds", "recalls"]
