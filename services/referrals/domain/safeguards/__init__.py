"""What keeps a referral safe within the authorities that take part in it."""
