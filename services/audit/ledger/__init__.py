"""The transparency log: every fact of every service, once, in the order heard, under one root."""
