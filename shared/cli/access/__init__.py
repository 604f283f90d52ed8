"""Who may see what: printed, signed, compared, and explained to who looks after it."""
