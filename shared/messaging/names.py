"""What streams, subjects and consumers are called on the bus. Kept forever: renaming one loses it.

A service is named by one lower-case word (``referrals``), which is also its user on the bus. Whose
facts something is made of is called a *source*: a service, or the log of what it showed.
"""

import re

SUBJECT = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
"""A fact's type that can stand in a subject: two or more plain words with dots between them."""


READS = "-reads"
"""Ends the name of a log of reads. No service is called so: the name of one has no dash."""


def reads_of(service: str) -> str:
    """Give the name of the source that tells what *service* has shown, to whom and why."""
    return f"{service}{READS}"


def owner_of(source: str) -> str:
    """Give the service that a source belongs to."""
    return source.removesuffix(READS)


def stream_of(service: str) -> str:
    """Give the name of the stream that holds the facts of *service*."""
    return f"FACTS_{service}"


def facts_of(service: str) -> str:
    """Give the pattern of every fact's subject.

    At least two words after the service: a fact has them (``referral.sent.v1``), a question
    (``read``, ``head``, ``passed``) does not, so the stream never swallows a question and answers
    it itself.
    """
    return f"facts.{service}.*.>"


def subject_of(service: str, fact_type: str) -> str:
    """Give the subject under which a fact of *fact_type* travels."""
    return f"facts.{service}.{fact_type}"


def read_of(service: str) -> str:
    """Give the subject on which the owner answers with a range of its facts."""
    return f"facts.{service}.read"


def head_of(service: str) -> str:
    """Give the subject on which the owner says how far it is."""
    return f"facts.{service}.head"


def passed_of(service: str) -> str:
    """Give the subject on which *service* says whether its views show a fact of another."""
    return f"facts.{service}.passed"


def durable_of(service: str, name: str) -> str:
    """Give the durable name of what *service* calls *name*: no two services share one."""
    return f"{service}-{name}"


def inbox_of(service: str) -> str:
    """Give the prefix of the inboxes in which *service*, and nobody else, gets its answers."""
    return f"_INBOX_{service}"
