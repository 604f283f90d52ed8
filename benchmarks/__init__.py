"""How fast the platform is, measured beside its peers in one run: ``python -m benchmarks``."""
