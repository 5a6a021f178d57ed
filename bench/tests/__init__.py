"""The benches at a tiny size: they run, and what they count is right."""
