"""The rules as data: loaded, checked, hashed, and sliced for the domain."""
