"""What is true of offices, rulebooks, dockets and meetings whatever the machine."""
