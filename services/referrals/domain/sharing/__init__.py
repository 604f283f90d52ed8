"""How what the parties of a referral share begins and ends."""
