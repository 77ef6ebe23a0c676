"""Fixtures of the tests around what leaves the building."""

from tests.sandbox_fixture import make_sandbox, sandbox

__all__ = ["make_sandbox", "sandbox"]
