"""What people ask of referrals, each answer kept ready: one file for each question."""
