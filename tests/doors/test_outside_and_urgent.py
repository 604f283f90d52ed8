"""Receivers who have no account here, and what cannot wait."""

from typing import Any

from tests.doors.cases import BASIS, DRAFT, NECESSITY, PURPOSE, SENDING, drafted, until_delivered
from tests.doors.knocking import NEVER, knock, nothing_written, refused
from tests.doors.people import MUNICIPAL, POLICE, SSP, person
from tests.journeys.world import World

OUTSIDE = "Opdigtet infohus i en anden kreds"
TO_OUTSIDE: dict[str, Any] = {
    "outside": OUTSIDE,
    "basis": BASIS,
    "purpose": PURPOSE,
    "necessity": NECESSITY,
}


async def test_what_goes_outside_is_followed_by_its_sender(world: World) -> None:
    """The sender notes how it went and what receipt came, shown as the sender's own notes."""
    case, ssp = await drafted(world), person(world, SSP)
    sent = await ssp.post(f"/referrals/{case}/sending", TO_OUTSIDE)
    assert sent.body["stage"] == "sent"
    assert {"record_dispatch", "record_receipt", "close"} <= set(sent.body["moves"])
    now = world.clock.now().isoformat()
    dispatch = {"how": "secure_mail", "sent_at": now}
    await ssp.post(f"/referrals/{case}/dispatches", dispatch, expect=201)
    receipt = {"receipt": "Opdigtet kvittering.", "received_at": now}
    await ssp.post(f"/referrals/{case}/receipts", receipt, expect=201)
    seen = (await ssp.get(f"/referrals/{case}")).body
    assert seen["outside"] == OUTSIDE
    assert [party["unit"] for party in seen["parties"]] == [SSP]
    own = {s["type"]: s["said"] for s in seen["timeline"] if s["registered_by_sender"]}
    assert own["referral.dispatch-recorded.v1"]["how"] == "secure_mail"
    assert own["referral.receipt-recorded.v1"]["receipt"] == "Opdigtet kvittering."
    assert len(own) == 2


async def test_what_went_outside_is_ended_by_its_sender(world: World) -> None:
    """Who has no account ends nothing here: the sender does, and may take it up again."""
    case, ssp = await drafted(world), person(world, SSP)
    await ssp.post(f"/referrals/{case}/sending", TO_OUTSIDE)
    closed = await ssp.post(f"/referrals/{case}/closing", {"outcome": "samtale"})
    assert closed.body["stage"] == "closed"
    again = await ssp.post(f"/referrals/{case}/reopening", {"reason": "Opdigtet grund."})
    assert again.body["stage"] == "sent"
    assert again.body["answer_due"] is None
    assert (await ssp.get(f"/referrals/{case}")).body["stage"] == "sent"
    await ssp.post(f"/referrals/{case}/withdrawal", {"reason": "Opdigtet grund."})


async def test_nobody_here_holds_what_went_outside(world: World) -> None:
    """What went outside lies in no inbox, and nobody receives, accepts or lets in."""
    case, ssp = await drafted(world), person(world, SSP)
    await ssp.post(f"/referrals/{case}/sending", TO_OUTSIDE)
    async with nothing_written(world.platform):
        for who in (POLICE, MUNICIPAL):
            answer = await knock(person(world, who), "POST", f"/referrals/{case}/reception")
            refused(answer, "does-not-exist", 404)
        answer = await knock(ssp, "POST", f"/referrals/{case}/reception")
        refused(answer, "not-the-addressee", 403)


async def test_a_name_outside_is_a_text_of_its_own(world: World) -> None:
    """A receiver outside is named in words, and only where the programme has a way there."""
    case, ssp = await drafted(world), person(world, SSP)
    async with nothing_written(world.platform):
        for name in ("", "  x ", "x" * 2001, 7):
            body = {**TO_OUTSIDE, "outside": name}
            refused(
                await knock(ssp, "POST", f"/referrals/{case}/sending", body), "malformed-body", 422
            )
    psp = {"name": "Opdigtet", "criteria": ["usynlig"], "concern": "Opdigtet."}
    begun = await ssp.post("/referrals", {**DRAFT, "programme": "psp", "intake": psp})
    async with nothing_written(world.platform):
        path = f"/referrals/{begun.body['referral']}/sending"
        refused(await knock(ssp, "POST", path, TO_OUTSIDE), "no-such-route", 422)


async def test_what_is_urgent_says_whom_to_call(world: World) -> None:
    """The answer to sending what cannot wait says whom to call and when somebody is there."""
    ssp, police = person(world, SSP), person(world, POLICE)
    case = await drafted(world, urgency="akut")
    sent = (await ssp.post(f"/referrals/{case}/sending", SENDING)).body
    assert any("112" in call for call in sent["call"])
    assert any("114" in call for call in sent["call"])
    assert sent["next_staffed"]
    called = {
        "whom": "Vagthavende (opdigtet)",
        "called_at": world.clock.now().isoformat(),
        "note": "Opdigtet svar.",
    }
    await ssp.post(f"/referrals/{case}/calls", called, expect=201)
    await until_delivered(world, police, case)
    for who in (ssp, police):
        seen = (await who.get(f"/referrals/{case}")).body
        call = next(s for s in seen["timeline"] if s["type"] == "referral.call-recorded.v1")
        assert (call["unit"], call["said"]["whom"]) == (SSP, called["whom"])
        assert call["said"]["note"] == called["note"]
        assert seen["call"] == sent["call"]
    due = (await police.get("/due?size=200")).body["items"]
    assert next(each for each in due if each["referral"] == case)["urgency"] == "akut"


async def test_what_is_not_urgent_sends_nobody_to_the_telephone(world: World) -> None:
    """Only what is marked as urgent says whom to call."""
    case, ssp = await drafted(world), person(world, SSP)
    sent = await ssp.post(f"/referrals/{case}/sending", SENDING)
    assert sent.body["call"] == []
    assert NEVER not in sent.body["referral"]
