"""Audit: what happened, in which order, proven untouched, without reading what it is about.

The *ledger* (log) holds every fact of every service as it was stored; a *head* (loghoved) is its
signed word on how long it is and what it holds, kept by others; *verifying* holds ledger, heads and
stores against each other. The audit has no keys to what is sealed.
"""
