"""The real bot against the stand-in for Discord, as tests/support/rest_house.py has it."""

from tests.support.rest_house import host, house, quick, table

__all__ = ["host", "house", "quick", "table"]
