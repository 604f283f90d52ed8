"""The services. They meet only in event schemas on the bus and in public HTTP APIs."""
