"""What the law says about who may see and do what, worked out without a line of the platform.

The pages are in ``oracle_pages``; here is how they are read together. An answer is yes, no, or
silent (``None``): one no decides, and otherwise one silence does. Whoever must act on an answer
takes silence for no, because what nobody allowed is not allowed.
"""

from dataclasses import dataclass, replace
from typing import Final

from tests.access import oracle_pages as law
from tests.access.oracle_pages import Mark

OVERSEERS: Final = frozenset({"auditor", "dpo"})
UNANSWERED: Final = frozenset({"draft", "sent", "delivered", "received", "declined"})
"""Stages of a referral that its holder has not accepted."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One asker, at one door, before one piece of one referral."""

    space: str
    unit: str
    """The kind of the asker's unit."""
    role: str = "none"
    """The asker's unit's role, an overseer's authority's: sender, holder, let_in or none."""
    office: str = "caseworker"
    purpose: str = "handling"
    endpoint: str = "follow"
    category: str = "administrative"
    stage: str = "accepted"
    view: str = "open"
    """Whether the shared view has closed for the asker's party, and how."""
    own: bool = False
    """The content was contributed by the asker's own authority."""
    accepted: bool = False
    """The asker's unit is the holder, and the content is the concern as it was accepted."""
    named: bool = True
    """The asker is named on the case, or nobody is."""
    excluded: bool = False
    glass: bool = False
    """A break-glass of the asker is in force."""

    def __post_init__(self) -> None:
        """Refuse a word that is none: a ValueError, because a typing error would pass for a no."""
        for word, known in (
            (self.space, law.PAGES),
            (self.unit, law.UNITS),
            (self.role, (*law.ROLES, "none")),
            (self.office, (*law.OFFICES, *law.COUNCIL_OFFICES)),
            (self.purpose, law.PURPOSES),
            (self.endpoint, law.SHOWS),
            (self.category, law.CATEGORIES),
            (self.stage, law.STAGES),
            (self.view, law.VIEWS),
        ):
            if word not in known:
                raise ValueError(f"{word} is none of {', '.join(known)}")


def together(*answers: Mark) -> Mark:
    """Give no when one answer is no, else silence when one is silent, else yes."""
    if False in answers:
        return False
    return None if None in answers else True


# --- What a caller asks.


def may_show(case: Case) -> bool:
    """Tell whether this content may be shown to this asker at this door."""
    return law_says(case) is True


def may_do(case: Case) -> bool:
    """Tell whether the asker may use this door at all, whatever the category."""
    return law_lets(case) is True


def exists_for(case: Case) -> bool:
    """Tell whether the asker may know that the case exists, whatever the door and the purpose."""
    return law_tells(case) is True


def coherent(case: Case) -> bool:
    """Tell whether the platform can be in this situation; the others get the strict answer."""
    council = case.office in law.COUNCIL_OFFICES
    return all(
        (
            council or (case.unit == "oversight") == (case.office in OVERSEERS),
            not case.accepted or _accepted(case),
            case.stage != "draft" or case.view == "open",
            case.role != "none" or (case.view == "open" and not case.own),
        )
    )


# --- May the asker know of the case?


def law_tells(case: Case) -> Mark:
    """Give the law's answer to whether the case exists for the asker (§2, §6, §14, §19)."""
    known = not case.excluded and case.role != "none" and case.office in law.OFFICES
    if not known:
        return False
    return _oversees(case) if case.office in OVERSEERS else _takes_part(case)


def _oversees(case: Case) -> bool:
    """An authority's auditors and DPO follow what it took part in, exit too, once it was sent."""
    return case.unit == "oversight" and case.stage != "draft"


def _takes_part(case: Case) -> Mark:
    """A unit knows of what it is a party of, if the law lets its kind be one."""
    if case.unit == "oversight" or (case.stage == "draft" and case.role != "sender"):
        return False
    return together(law.PARTIES[case.space, case.unit][case.role], _let_into_the_secret(case))


def _let_into_the_secret(case: Case) -> Mark:
    """Exit: only persons who are named know (§19); whether their computer may, is not said."""
    if law.QUALITIES[case.space]["open"]:
        return True
    return (None if case.office == "system" else True) if case.named else False


# --- May the asker use the door?


def law_lets(case: Case) -> Mark:
    """Give the law's answer to whether the asker may use the door for this purpose."""
    if law_tells(case) is False:
        return False
    return together(
        law_tells(case),
        law.FOR_ROLES[case.endpoint][case.role],
        law.FOR_OFFICES[case.endpoint][case.office],
        law.FOR_PURPOSES[case.endpoint][case.purpose],
        law.CHOSEN_BY[case.purpose][case.office],
        _emergency_is_real(case),
        _door_of_its_own(case),
    )


def _emergency_is_real(case: Case) -> bool:
    """An emergency is what a broken glass gives; until then only the door that breaks it hears."""
    if case.purpose != "emergency" or case.endpoint == "break_glass":
        return True
    return case.glass and law.QUALITIES[case.space]["open"] is True


def _door_of_its_own(case: Case) -> Mark:
    """What a single door asks for besides its row on the page."""
    match case.endpoint:
        case "break_glass":
            return law.QUALITIES[case.space]["open"]
        case "review_glass":
            return together(law.QUALITIES[case.space]["open"], _another_reviews(case))
        case "approve_leaving":
            return together(law.QUALITIES[case.space]["leaving"], _still_sees(case))
        case "change":
            return _may_alter(case)
        case "reveal":
            return _content(replace(case, category="contact"))
        case _:
            return True


def _another_reviews(case: Case) -> bool:
    """Nobody reviews the glass that they broke themselves (§14)."""
    return not case.glass


def _still_sees(case: Case) -> bool:
    """Who approves must see what is to leave (§2): named, and nothing taken over by the police."""
    return _read_in(case) and case.view != "taken_over"


def _may_alter(case: Case) -> Mark:
    """A change is for who sees the case; who leads it must be able to name staff anew.

    After a closing no more is shared (§20.4), but an authority may correct its own record (§15).
    """
    seen = _read_in(case) or case.office == "system"
    staff: Mark = True if seen else False if case.office == "caseworker" else None
    closing: Mark = {"open": True, "taken_over": False}.get(case.view)
    return together(staff, closing)


# --- May this content be shown?


def law_says(case: Case) -> Mark:
    """Give the law's answer to whether this content may be shown to the asker at this door."""
    if case.category not in law.SHOWS[case.endpoint]:
        return False
    return together(law_lets(case), _content(case))


def _content(case: Case) -> Mark:
    """The envelope is for all who may know of the case, the rest by office, row and closing."""
    if case.category == "administrative":
        return True
    if case.office in OVERSEERS:
        return together(_overseer_reads(case), _still_there(case))
    if case.office == "system" or case.role == "none" or not _read_in(case):
        return False
    return together(_in_the_row(case), _still_there(case))


def _overseer_reads(case: Case) -> Mark:
    """Control reads the log and the envelope, never another controller's content (§14, §19).

    Whether a person's insight is given from the authority's own content here is not said.
    """
    return None if case.purpose == "insight" and (case.own or _accepted(case)) else False


def _read_in(case: Case) -> bool:
    """Where named staff alone read, the asker is one, or has broken the glass; never in exit."""
    if case.named or not law.QUALITIES[case.space]["named_only"]:
        return True
    return case.purpose == "emergency" and _emergency_is_real(case)


def _in_the_row(case: Case) -> Mark:
    """Sender and holder have what the form holds; one let in has what its task calls for.

    Own content does not widen the row: it is the authority's, and another unit of it may have
    written what this one does not need (§14 on forvaltningsloven § 32).
    """
    if case.role != "let_in":
        return law.PARTIES.get((case.space, case.unit), {}).get(case.role, False)
    return law.LET_SEE.get((case.space, case.unit), {}).get(case.category, False)


def _still_there(case: Case) -> Mark:
    """Own and accepted content stays; what others contributed goes when the view closes."""
    if case.view == "taken_over":  # §5: "lukket - overdraget", and nothing else
        return False
    if case.own:
        return True
    if _accepted(case):  # §15: an error is corrected, the old is for "authorised staff" - whom?
        return None if case.stage == "entered_in_error" else True
    return together(case.view == "open", *_of_others(case))


def _of_others(case: Case) -> tuple[Mark, ...]:
    """What a stage and a space say about content that others contributed, in an open view."""
    return (
        case.stage != "entered_in_error",  # §15: it is no true record of anybody
        case.stage != "withdrawn" or case.role == "sender",  # §18: a stub is left
        # §15 wants what was received journalised, §14 no more kept than is needed
        None if case.stage in {"declined", "returned"} else True,
        # §7: readable while the case is open and a configured while after
        None if (case.space, case.stage) == ("psychiatry_social", "closed") else True,
        case.role != "sender" or law.BEYOND_THE_FORM[case.space, case.unit],
    )


def _accepted(case: Case) -> bool:
    """The concern as the holder accepted it: its own file from then on (§20.18)."""
    return case.accepted and case.role == "holder" and case.stage not in UNANSWERED
