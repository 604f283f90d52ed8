"""What was shown, to whom and why: noted before an answer leaves, and without a switch."""
