"""The doors of referrals, one file for each thing that people do."""
