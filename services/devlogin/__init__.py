"""Signing in on a developer's machine: made-up persons, chosen by a click, real OpenID Connect."""
