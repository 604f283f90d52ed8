"""What every service stands on while it runs: its files, its keys, its place on the bus."""
