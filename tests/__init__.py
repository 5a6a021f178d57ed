"""The tests: four layers, told of in ARCHITECTURE.md."""
