"""The pure vocabulary: facts, deciders, refusals, time, and values that must stay closed."""
