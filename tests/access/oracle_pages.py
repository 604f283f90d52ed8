"""The law of access as pages to read: who takes part, what each is let see, what each door is for.

A mark is ``+`` (the law lets it), ``-`` (the law does not, or it is not necessary) or ``?`` (the
law is silent). Each row ends with the paragraph of the project's law reference it is read from.
"""

from typing import Final

Mark = bool | None
MARKS: Final[dict[str, Mark]] = {"+": True, "-": False, "?": None}

ROLES: Final = ("sender", "holder", "let_in")
CATEGORIES: Final = (
    *("identity", "contact", "family", "health", "crime"),
    *("social", "assessment", "administrative", "free_text"),
)
OFFICES: Final = ("caseworker", "leader", "tovholder", "system", "auditor", "dpo")
COUNCIL_OFFICES: Final = ("mayor", "police_commissioner", "secretary")
PURPOSES: Final = (
    *("handling", "coordination", "emergency"),
    *("audit", "data_protection", "insight"),
)
STAGES: Final = (
    *("draft", "sent", "delivered", "received", "accepted"),
    *("declined", "returned", "withdrawn", "closed", "entered_in_error"),
)
VIEWS: Final = ("open", "withdrawn", "consent_withdrawn", "taken_over", "left")

# --- The spaces: which kind of unit may send, hold or be let in, and what one let in may see.
#
# Sender and holder see what the form holds; a concern is held by whichever authority takes it on
# (§5, §7), within the parties of the form. A unit that is let in sees what its own task calls for
# (necessity and minimisation, §2 and §14): the three authorities of the form see what is about
# crime and circumstances, health is for whom it is the task, free text for whom the whole concern
# is. Columns on the right: identity, contact, family, health, crime, social, assessment,
# administrative, free text.

RADICALISATION = """
                  sends holds let in| ide con fam hlt crm soc asm adm txt | law
infohus_municipal   +     +     +   |  +   +   +   +   +   +   +   +   +  | §19 tovholdere; §5
infohus_police      +     +     +   |  +   +   +   ?   +   +   +   +   +  | §19, §5; §14 strictly
police_prevention   +     +     +   |  +   +   ?   -   +   +   +   +   -  | §2 nr. 1; §5 relations
ssp                 +     +     +   |  +   +   +   -   +   +   +   +   -  | §2 nr. 1; §5 invited
family_department   +     +     +   |  +   +   +   +   +   +   +   +   -  | §5 measures; §8 health
prison_probation    +     +     +   |  +   +   -   ?   +   +   +   +   -  | §2 nr. 3(c)
psychiatry          +     +     +   |  +   ?   -   +   -   ?   +   +   -  | §5 "and others"
youth_probation     +     +     ?   |  ?   ?   -   -   ?   ?   ?   ?   -  | §5 names it not
exit_unit           +     +     ?   |  ?   ?   -   -   ?   ?   ?   ?   -  | §5 exit as follow-up
exit_contact        +     +     ?   |  ?   ?   -   -   -   ?   ?   ?   -  | §5 exit as follow-up
psp_police          +     -     -   |  -   -   -   -   -   -   -   -   -  | §2 party of nr. 2 only
victim_support      -     -     -   |  -   -   -   -   -   -   -   -   -  | §2, §9 no party
"""

PSYCHIATRY_SOCIAL = """
                  sends holds let in| ide con fam hlt crm soc asm adm txt | law
psp_police          +     +     +   |  +   +   +   +   +   +   +   +   ?  | §2 nr. 2; §7 no verbatim
psychiatry          +     +     +   |  +   +   +   +   +   +   +   +   +  | §2 nr. 2; §7
family_department   +     +     +   |  +   +   +   +   +   +   +   +   ?  | §2 nr. 2 social; §7
prison_probation    +     +     +   |  +   +   -   ?   +   +   +   +   -  | §19 if invited; §21.13
police_prevention   +     +     +   |  +   +   -   -   +   ?   ?   +   -  | §19 invited authority
ssp                 +     ?     ?   |  ?   ?   -   -   -   ?   ?   ?   -  | §2 social, or SSP?
youth_probation     +     ?     ?   |  ?   -   -   -   ?   -   -   ?   -  | §21.13
infohus_municipal   +     +     -   |  -   -   -   -   -   -   -   -   -  | §19 only by a referral
infohus_police      +     +     -   |  -   -   -   -   -   -   -   -   -  | §19 only by a referral
exit_unit           +     -     -   |  -   -   -   -   -   -   -   -   -  | §2 no party of nr. 2
exit_contact        +     -     -   |  -   -   -   -   -   -   -   -   -  | §2 no party of nr. 2
victim_support      -     -     -   |  -   -   -   -   -   -   -   -   -  | §2, §9 no party
"""

EXIT = """
                  sends holds let in| ide con fam hlt crm soc asm adm txt | law
exit_unit           +     +     +   |  +   +   +   ?   +   +   +   +   +  | §19, §6; §14 strictly
exit_contact        +     +     +   |  +   +   ?   ?   ?   +   +   +   -  | §19; §6 scope of consent
prison_probation    +     +     +   |  +   +   -   ?   +   +   +   +   -  | §19; §6 runs it inside
ssp                 ?     -     -   |  -   -   -   -   -   -   -   -   -  | §19 named contacts
family_department   ?     -     -   |  -   -   -   -   -   -   -   -   -  | §19 named contacts
infohus_municipal   ?     -     -   |  -   -   -   -   -   -   -   -   -  | §19 named contacts
psychiatry          ?     -     -   |  -   -   -   -   -   -   -   -   -  | §6 not in the consent
youth_probation     ?     -     -   |  -   -   -   -   -   -   -   -   -  | §6 over 18
police_prevention   -     -     -   |  -   -   -   -   -   -   -   -   -  | §19 never other police
infohus_police      -     -     -   |  -   -   -   -   -   -   -   -   -  | §19 never other police
psp_police          -     -     -   |  -   -   -   -   -   -   -   -   -  | §19 never other police
victim_support      -     -     -   |  -   -   -   -   -   -   -   -   -  | §2, §9 no party
"""

YOUTH_BOARD = """
                  sends holds let in| ide con fam hlt crm soc asm adm txt | law
police_prevention   +     +     +   |  +   +   -   -   +   -   -   +   -  | §19 own part; §3 fetches
family_department   +     +     +   |  +   +   +   +   +   +   +   +   +  | §3 examines, presents
youth_probation     +     +     +   |  +   +   +   +   +   +   +   +   +  | §3 is sent the papers
ssp                 +     +     +   |  +   +   ?   -   +   +   ?   +   -  | §3 helps the kommune
prison_probation    ?     ?     ?   |  ?   -   -   -   ?   -   -   ?   -  | §3 only 15-17 released
psychiatry          ?     -     -   |  -   -   -   -   -   -   -   -   -  | §3 no party
infohus_municipal   -     -     -   |  -   -   -   -   -   -   -   -   -  | §3 infohus cannot
infohus_police      -     -     -   |  -   -   -   -   -   -   -   -   -  | §3 infohus cannot
psp_police          -     -     -   |  -   -   -   -   -   -   -   -   -  | §3 no party
exit_unit           -     -     -   |  -   -   -   -   -   -   -   -   -  | §3 no party
exit_contact        -     -     -   |  -   -   -   -   -   -   -   -   -  | §3 no party
victim_support      -     -     -   |  -   -   -   -   -   -   -   -   -  | §2, §9 no party
"""

# --- What others added to a case, beyond the form: may its sender read that?

OTHERS_TO_SENDER = """
                   | units                             | the rest | law
radicalisation     | infohus_municipal infohus_police  |    ?     | §19 tovholdere and invited
psychiatry_social  |                                   |    +     | §7 others' items are read-only
exit               | exit_unit                         |    ?     | §6 as far as the consent goes
youth_board        |                                   |    -     | §19 own authority's part
"""

# --- The properties of a space: may its existence be known, do named staff alone read?

SPACES = """
                   existence open  named staff only  leaving § 115 | law
radicalisation           +               +                 +       | §5, §19 tovholdere + invited
psychiatry_social        +               +                 +       | §7, §19 named persons
exit                     -               +                 ?       | §6 secret; consent, not § 115
youth_board              +               -                 ?       | §3, §19; its own act
"""

# --- Which office may have which purpose. Emergency comes from a break-glass and from nothing else.

WHO_CHOOSES = """
                   caseworker leader tovholder system auditor dpo | law
handling               +        +        +       +       -     -  | §14 a purpose on each read
coordination           +        +        +       -       -     -  | §7, §14
emergency              +        +        +       -       -     -  | §14 break-glass, reviewed
audit                  -        -        -       -       +     -  | §19 audit
data_protection        -        -        -       -       -     +  | §14 data protection officer
insight                -        -        -       -       -     +  | §14 extract per person
"""

# --- The doors: for which parties, offices and purposes each is, and what it shows.
#
# Roles: sender, holder, let in. Offices: caseworker, leader, tovholder, system, auditor, dpo.
# Purposes: handling, coordination, emergency, audit, data_protection, insight.

DOORS = """
                 roles | offices | purposes | shows                    | law
follow          + + + | + + + + + + | + + + + + + | all                     | §19
inbox           - + + | + + + + - - | + + ? - - - | identity administrative | §2 parties; §14
sent            + - - | + + + + - - | + + ? - - - | identity administrative | §2 parties; §14
due             - + - | + + + + - - | + + ? - - - | identity administrative | §18 who answers
changes         + + + | + + + + - - | + + ? - - - | administrative          | §18 ids and type only
tasks           + + + | + + + + - - | + + ? - - - | administrative          | §7 agreed actions
reveal          + + + | + + + - - - | + + + - - - | contact                 | §16 with a reason
break_glass     + + + | + + + - - - | + + ? - - - | administrative          | §14 break-glass
review_glass    + + + | - ? - - - + | + + - - + - | administrative          | §14 review afterwards
approve_leaving + + + | ? + ? - - - | + + - - - - | administrative          | §2 four eyes
change          + + + | + + + ? - - | + + - - - - | administrative          | §2, §18
replay          + + + | - - - - + + | - - - + + + | administrative          | §14, §19 audit
reads           + + + | - - - - + + | - - - + + + | administrative          | §14, §19 audit
why             + + + | - - - - - + | - - - - + + | administrative          | §14 justification
"""


def rows(text: str) -> dict[str, list[list[str]]]:
    """Give a page's rows by their first word, each as the words of its columns."""
    found: dict[str, list[list[str]]] = {}
    for line in text.strip("\n").splitlines()[1:]:
        name, rest = line.split(maxsplit=1)
        found[name] = [column.split() for column in rest.removeprefix("|").split("|")]
    return found


def marks(words: list[str], names: tuple[str, ...]) -> dict[str, Mark]:
    """Give the mark that stands under each of *names*."""
    return {name: MARKS[word] for name, word in zip(names, words, strict=True)}


PAGES: Final = {
    "radicalisation": rows(RADICALISATION),
    "psychiatry_social": rows(PSYCHIATRY_SOCIAL),
    "exit": rows(EXIT),
    "youth_board": rows(YOUTH_BOARD),
}
PARTIES: Final = {
    (space, unit): marks(columns[0], ROLES)
    for space, page in PAGES.items()
    for unit, columns in page.items()
}
LET_SEE: Final = {
    (space, unit): marks(columns[1], CATEGORIES)
    for space, page in PAGES.items()
    for unit, columns in page.items()
}
UNITS: Final = (*PAGES["radicalisation"], "oversight")
QUALITIES: Final = {
    space: marks(columns[0], ("open", "named_only", "leaving"))
    for space, columns in rows(SPACES).items()
}
CHOSEN_BY: Final = {
    purpose: marks(columns[0], OFFICES) for purpose, columns in rows(WHO_CHOOSES).items()
}
BEYOND_THE_FORM: Final = {
    (space, unit): True if unit in columns[0] else MARKS[columns[1][0]]
    for space, columns in rows(OTHERS_TO_SENDER).items()
    for unit in UNITS
}
FOR_ROLES: Final = {door: marks(columns[0], ROLES) for door, columns in rows(DOORS).items()}
FOR_OFFICES: Final = {door: marks(columns[1], OFFICES) for door, columns in rows(DOORS).items()}
FOR_PURPOSES: Final = {door: marks(columns[2], PURPOSES) for door, columns in rows(DOORS).items()}
SHOWS: Final = {
    door: frozenset(CATEGORIES if columns[3] == ["all"] else columns[3])
    for door, columns in rows(DOORS).items()
}
