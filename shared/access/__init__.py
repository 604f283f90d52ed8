"""Who may do and see what: offices held now, and the rulebook in force."""
