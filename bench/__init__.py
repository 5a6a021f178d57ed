"""Benches: long trials of the real bot that are run by hand. `python -m bench.chaos --help`."""
