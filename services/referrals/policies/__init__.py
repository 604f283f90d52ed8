"""Whenever X, then Y: what the machine does by itself, one file for each reason."""
