"""The whole platform on one machine: which processes, where, and what keeps them running."""
