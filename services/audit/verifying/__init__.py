"""Holding the ledger against what others kept: offline, from files, believing none of them."""
