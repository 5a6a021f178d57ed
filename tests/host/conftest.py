"""Fixtures: a running bot with the stand-in for Discord, and a machine without any settings."""

from tests.support.rest_house import host, house, quick, table

__all__ = ["host", "house", "quick", "table"]
