"""Roundtable: AI personas hold a moderated discussion in a Discord channel."""

__version__ = "0.1.0"
