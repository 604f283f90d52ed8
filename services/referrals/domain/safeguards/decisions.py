"""What follows when something is asked that keeps a referral safe.

Who asks, as a person, was looked at by the guard; here it is what is asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.referrals.domain.referral.moves import (
    ALWAYS,
    ANY_CLOSING,
    ANYONE,
    EVER,
    SENT_OUT,
    WITH_A_RECORD,
    Answer,
    Facts,
    Move,
)
from services.referrals.domain.referral.state import Begun, Stage, is_secret
from services.referrals.domain.safeguards import commands as ask
from services.referrals.domain.safeguards import events as fact
from services.referrals.domain.safeguards import refusals as no
from services.referrals.domain.safeguards.leaving import (
    leaving_approved,
    leaving_asked,
    leaving_refused,
)
from services.referrals.domain.safeguards.state import Safeguards
from services.referrals.domain.sharing.state import Closed
from shared.kernel.commands import Command
from shared.kernel.personal import Hidden, Personal
from shared.rulebook.slices import LONGEST_GLASS, Rules


def named(command: ask.NameStaff, referral: Begun, _rules: Rules) -> Facts:
    """Put a colleague on the case, once. Raises ``IsExcluded`` and ``IsNamed``."""
    if _is_out(command, referral):
        raise no.IsExcluded
    if referral.safeguards.is_named(command.unit, command.codes):
        raise no.IsNamed
    person = command.known_as(secret=is_secret(referral))
    return (fact.StaffNamed(by=Hidden(command.unit), person=Hidden(person)),)


def excluded(command: ask.ExcludeStaff, referral: Begun, _rules: Rules) -> Facts:
    """Keep a colleague out, once. Raises ``IsExcluded``."""
    if _is_out(command, referral):
        raise no.IsExcluded
    return (
        fact.StaffExcluded(
            by=Hidden(command.unit),
            person=Hidden(command.known_as(secret=is_secret(referral))),
            reason=Personal(command.reason),
        ),
    )


def readmitted(command: ask.ReadmitStaff, referral: Begun, _rules: Rules) -> Facts:
    """Let a colleague back in that was kept out. Raises ``NotExcluded``."""
    if not _is_out(command, referral):
        raise no.NotExcluded
    return (
        fact.StaffReadmitted(
            by=Hidden(command.unit),
            person=Hidden(command.known_as(secret=is_secret(referral))),
            reason=Personal(command.reason),
        ),
    )


def _is_out(command: ask.OfColleague, referral: Begun) -> bool:
    return referral.safeguards.is_excluded(referral.authority_of(command.unit), command.codes)


def broken(command: ask.BreakGlass, _referral: Begun, rules: Rules) -> Facts:
    """Break the glass, for an office that the programme names and as long as it gives (§8).

    Raises ``GlassNotForOffice`` and ``GlassTooLong``.
    """
    given = rules.glass_hours(command.office)
    if given is None:
        raise no.GlassNotForOffice
    most = min(given, LONGEST_GLASS)
    hours = most if command.hours is None else command.hours
    if hours > most:
        raise no.GlassTooLong(most=most)
    return (
        fact.GlassBroken(
            by=Hidden(command.unit),
            office=Hidden(command.office),
            reason=Personal(command.reason),
            until=Hidden(command.at + timedelta(hours=hours)),
        ),
    )


def reviewed(command: ask.ReviewGlass, referral: Begun) -> Facts:
    """Judge it, once. Raises ``UnknownGlass`` and ``AlreadyReviewed``."""
    glass = referral.safeguards.glasses.get(command.glass)
    if glass is None:
        raise no.UnknownGlass
    if glass.reviewed:
        raise no.AlreadyReviewed
    return (
        fact.GlassReviewed(
            by=Hidden(command.unit),
            glass=command.glass,
            justified=Hidden(command.justified),
            note=Personal(command.note) if command.note else None,
        ),
    )


def try_noticed(command: ask.NoticeTry, referral: Begun, _rules: Rules) -> Facts:
    """Tell whose referral it is that somebody tried at it; the same try once."""
    if any(each.entry == command.entry for each in referral.safeguards.tries.values()):
        return ()
    return (
        fact.TryNoticed(
            by=Hidden(command.unit),
            entry=command.entry,
            kind=Hidden(command.kind),
            tried_by=Hidden(command.tried_by),
        ),
    )


def try_seen_to(command: ask.SeeToTry, referral: Begun) -> Facts:
    """Say that it was seen to, once. Raises ``UnknownTry`` and ``AlreadyDone``."""
    tried = referral.safeguards.tries.get(command.noticed)
    if tried is None:
        raise no.UnknownTry
    if tried.seen_to:
        raise no.AlreadyDone
    note = Personal(command.note) if command.note else None
    return (fact.TrySeenTo(by=Hidden(command.unit), noticed=command.noticed, note=note),)


def protected(command: ask.ProtectAddress, referral: Begun, rules: Rules) -> Facts:
    """Protect an address, or do so for longer; threats are the police's to name (law §16).

    For whom sharing has ended it says nothing of what stands now: a threat stays one. Raises
    ``ThreatNotByPolice`` and ``ProtectedInFuture``.
    """
    now = referral.safeguards.protection
    if referral.is_over_for(command.unit) and now and now.kind == "threat":
        return ()
    _ensure_may_speak_of_threat(command, referral, rules, threat=command.kind == "threat")
    if command.since > rules.on:
        raise no.ProtectedInFuture
    return (
        fact.AddressProtected(
            by=Hidden(command.unit),
            kind=Hidden(command.kind),
            since=Hidden(command.since),
            lapses_on=Hidden(rules.protection.lapses_after.after(command.since)),
        ),
    )


def unprotected(command: ask.EndProtection, referral: Begun, rules: Rules) -> Facts:
    """End the protection. Raises ``NotProtected`` and ``ThreatNotByPolice``."""
    if referral.safeguards.protection is None:
        raise no.NotProtected
    _ensure_may_speak_of_threat(command, referral, rules, threat=False)
    return (fact.AddressProtectionEnded(by=Hidden(command.unit), reason=Personal(command.reason)),)


def _ensure_may_speak_of_threat(
    command: Command, referral: Begun, rules: Rules, *, threat: bool
) -> None:
    """What the police have said of a threat, no other authority puts something milder for."""
    now = referral.safeguards.protection
    authority = rules.authority_of(command.unit)
    if (threat or (now and now.kind == "threat")) and (
        authority is None or authority.kind != "police"
    ):
        raise no.ThreatNotByPolice


def task_set(command: ask.SetTask, _referral: Begun, rules: Rules) -> Facts:
    """Give an office something to do. Raises ``UnknownOffice`` and ``DueInPast``."""
    unit = rules.unit(command.unit)
    offices = {o.id for o in rules.district.offices if unit and unit.kind in o.in_units}
    if command.office not in offices:
        raise no.UnknownOffice
    if command.due < command.at:
        raise no.DueInPast
    return (
        fact.TaskSet(
            by=Hidden(command.unit),
            office=Hidden(command.office),
            what=Personal(command.what),
            due=Hidden(command.due),
        ),
    )


def task_done(command: ask.FinishTask, referral: Begun, _rules: Rules) -> Facts:
    """Say that it is done, once. Raises ``UnknownTask`` and ``AlreadyDone``."""
    _ensure_open_task(command.task, command, referral.safeguards)
    note = Personal(command.note) if command.note else None
    return (fact.TaskDone(by=Hidden(command.unit), task=command.task, note=note),)


def _ensure_open_task(task_id: UUID, command: Command, safeguards: Safeguards) -> None:
    task = safeguards.tasks.get(task_id)
    if task is None or task.unit != command.unit:
        raise no.UnknownTask
    if task.done:
        raise no.AlreadyDone


def _kept(name: str, answer: Answer, at: frozenset[Stage] = ALWAYS) -> Move:
    """Give a line of the table: any party may, though not everybody in it, so none is offered."""
    return Move(name, ANYONE, at, answer, offered=False)


def _to_the_end(name: str, answer: Answer, after: frozenset[Closed] = WITH_A_RECORD) -> Move:
    """Give a line for what guards a record, or is owed, after sharing has ended as well."""
    return replace(_kept(name, answer, EVER), after=after)


MOVES: Mapping[type[Command], Move] = {
    ask.NameStaff: _to_the_end("name_staff", named),
    ask.ExcludeStaff: _to_the_end("exclude_staff", excluded),
    ask.ReadmitStaff: _to_the_end("readmit_staff", readmitted),
    ask.BreakGlass: _kept("break_glass", broken, SENT_OUT),
    ask.NoticeTry: _kept("notice_try", try_noticed),
    ask.ProtectAddress: _to_the_end("protect_address", protected),
    ask.EndProtection: _kept("end_protection", unprotected, EVER),
    ask.AskLeaving: _kept("ask_leaving", leaving_asked, SENT_OUT),
    ask.ApproveLeaving: _to_the_end("approve_leaving", leaving_approved, ANY_CLOSING),
    ask.RefuseLeaving: _to_the_end("refuse_leaving", leaving_refused, ANY_CLOSING),
    ask.SetTask: _kept("set_task", task_set),
    ask.FinishTask: _kept("finish_task", task_done),
}
"""All but what is for the oversight too, which is no party: reviews, and seeing to tries."""
