"""Referrals: one unit asks another to take a concern on, and both can follow what becomes of it.

A *referral* (henvisning) goes from unit to unit. Its *parties* are the sender, the addressee that
*holds* it, and units that the holder has *let in*, each with a legal basis of its own.
"""
