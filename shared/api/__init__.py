"""The edge of every service: who asks, what was asked, how a no is said, how it feels."""
