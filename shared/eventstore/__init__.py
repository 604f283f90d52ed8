"""The truth: streams of facts, only ever added to."""
