"""Research into prompts: what is said with them, and what they cost. `python -m bench.quality --help`."""
