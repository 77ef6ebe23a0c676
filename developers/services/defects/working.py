"""What defects leave to the workers: to look at those that changed, and to tell the buyers of a fix."""

from __future__ import annotations

from datetime import datetime

from developers.services.defects import judging, telling


def run_due(*, now: datetime) -> int:
    """Run by the sweep, and hurried along by `developers.defects`."""
    return judging.run_due(now=now) + telling.run_due(now=now)
