"""What the audit itself states as facts."""
