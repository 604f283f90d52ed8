"""The doors of audit: replaying what happened, and proving that it did."""
