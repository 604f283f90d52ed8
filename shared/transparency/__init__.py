"""Signed heads of the transparency log, as every service can read, check and keep them."""
