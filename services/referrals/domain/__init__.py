"""What is true of referrals whatever the machine: no clock, no store, no web."""
