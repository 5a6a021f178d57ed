"""Measurements of the real bot that are run by hand: what it costs, how much it holds, what is said."""
