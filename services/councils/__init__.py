"""Councils: who holds which office, by which rules, and what a committee is to talk about.

The *directory* (fortegnelse) is the rulebook in force and the *offices* (hverv) that people hold.
A committee's *docket* (sagsliste) holds one *item* (punkt) for each referral to it; a *meeting*
(møde) takes the items that wait. An item is an id and a stage: nothing about a person.
"""
