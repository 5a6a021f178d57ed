"""The trial of the kill: `python -m tests.chaos --help`."""
