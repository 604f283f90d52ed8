"""The vault: the keys that open what is about a person, and what alone joins subject ids."""
