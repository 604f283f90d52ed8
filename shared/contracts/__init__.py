"""What services may know of each other's facts: a schema and a frozen sample for each type."""
