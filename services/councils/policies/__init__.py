"""Whenever X, then Y: what becomes of a docket by itself, one file for each reason.

A policy only says what is to be asked; the ids of what it asks follow from the cause, so hearing
the same news twice asks the same thing twice, which is done once.
"""
