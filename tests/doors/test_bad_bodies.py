"""Bodies that cannot be read, or do not hold what they must."""

from typing import Any

import pytest

from tests.doors.cases import CONCERN, DRAFT, INTAKE, NAME, SENDING, drafted
from tests.doors.knocking import knock, nothing_written, refused
from tests.doors.people import SSP, person
from tests.journeys.world import World

KIB_256 = 256 * 1024
SURROGATE = b'{"programme":"infohus","urgency":"akut","intake":{"name":"\\ud800"}}'
ENDLESS = b'{"programme":"infohus","urgency":"akut","intake":{"name":1e999}}'
NOT_A_NUMBER = b'{"programme":"infohus","urgency":"akut","intake":{"name":NaN}}'
LONG_NUMBER = b'{"programme":"infohus","urgency":"akut","intake":{"name":' + b"9" * 5000 + b"}}"
DEEP = b'{"programme":"infohus","urgency":"akut","intake":{"name":%s1%s}}'


async def test_a_body_of_256_kib_is_taken_and_one_byte_more_is_not(world: World) -> None:
    """A body may weigh 256 KiB; what weighs more is refused before anything reads it."""
    ssp = person(world, SSP)
    whole = b'{"programme":"infohus","urgency":"akut","intake":{"concern":"%s"}}'
    most = whole % (b"x" * (KIB_256 - len(whole) + 2))
    assert len(most) == KIB_256
    taken = await knock(ssp, "POST", "/referrals", most)
    assert taken.status_code == 201, taken.text
    async with nothing_written(world.platform):
        refused(await knock(ssp, "POST", "/referrals", most + b" "), "body-too-large", 413)


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"null", b"[]", b'"text"', b"\xff\xfe", b"{} {}", b'{"programme":"infohus"}'],
)
async def test_what_is_no_request_is_refused(world: World, body: bytes) -> None:
    """A draft without a readable body is refused as the caller's mistake, never ours."""
    async with nothing_written(world.platform):
        answer = await knock(person(world, SSP), "POST", "/referrals", body)
    slug = answer.json()["type"].rpartition(":")[2]
    assert slug in {"malformed-json", "malformed-body", "malformed-request"}
    refused(answer, slug, 422 if slug == "malformed-body" else 400)


async def test_malformed_json_has_a_name_of_its_own(world: World) -> None:
    """Whoever sends what is not JSON is told so."""
    cut_off = await knock(person(world, SSP), "POST", "/referrals", b'{"programme": "infohus"')
    refused(cut_off, "malformed-json", 400)


@pytest.mark.parametrize(
    "body",
    [
        SURROGATE,
        ENDLESS,
        NOT_A_NUMBER,
        pytest.param(LONG_NUMBER),
        DEEP % (b"[" * 900, b"]" * 900),
    ],
    ids=["half a character", "infinite", "not a number", "5000 digits", "900 deep"],
)
async def test_what_json_can_say_and_nobody_can_seal_is_refused(world: World, body: bytes) -> None:
    """Values that cannot be stored as they were told are refused, not changed and not a fault."""
    async with nothing_written(world.platform):
        answer = await knock(person(world, SSP), "POST", "/referrals", body)
    assert answer.status_code in {400, 422}, answer.text
    refused(answer, answer.json()["type"].rpartition(":")[2], answer.status_code)


@pytest.mark.parametrize(
    ("changed", "field", "rule"),
    [
        ({"unknown": "x"}, "body.unknown", "extra_forbidden"),
        ({"urgency": "straks"}, "body.urgency", "enum"),
        ({"urgency": 3}, "body.urgency", "enum"),
        ({"intake": []}, "body.intake", "dict_type"),
        ({"programme": {"id": "infohus"}}, "body.programme", "string_type"),
        ({"programme": None}, "body.programme", "string_type"),
    ],
)
async def test_a_field_that_is_wrong_is_named(
    world: World, changed: dict[str, Any], field: str, rule: str
) -> None:
    """Unknown fields and wrong types are refused, each field with what is wrong with it."""
    async with nothing_written(world.platform):
        answer = await knock(person(world, SSP), "POST", "/referrals", {**DRAFT, **changed})
    told = refused(answer, "malformed-body", 422)
    named = {each["field"]: each for each in told["fields"]}
    assert named[field]["rule"] == rule
    assert named[field]["title"] != named[field]["en"]


async def test_a_missing_field_is_named(world: World) -> None:
    """What must be there and is not is said by name, in both languages."""
    case, ssp = await drafted(world), person(world, SSP)
    bare = {name: each for name, each in SENDING.items() if name != "necessity"}
    told = refused(
        await knock(ssp, "POST", f"/referrals/{case}/sending", bare), "malformed-body", 422
    )
    assert [each["field"] for each in told["fields"]] == ["body.necessity"]
    assert told["fields"][0]["title"] == "skal udfyldes"


async def test_a_refusal_never_repeats_what_was_said(world: World) -> None:
    """Neither a malformed body nor an unfinished form comes back in the answer that refuses it."""
    ssp = person(world, SSP)
    wrong = {**DRAFT, "urgency": NAME, "intake": CONCERN, "programme": [NAME]}
    malformed = await knock(ssp, "POST", "/referrals", wrong)
    refused(malformed, "malformed-body", 422)
    begun = await ssp.post("/referrals", {**DRAFT, "intake": {"name": [NAME], "address": CONCERN}})
    case = begun.body["referral"]
    unfinished = await knock(ssp, "POST", f"/referrals/{case}/sending", SENDING)
    told = refused(unfinished, "intake-incomplete", 422)
    assert {each["field"] for each in told["fields"]} == {"name", "concern"}
    assert all(each["da"] and each["en"] != each["da"] for each in told["fields"])
    assert not [each for each in (malformed.text, unfinished.text) if NAME in each]
    assert CONCERN not in malformed.text + unfinished.text


async def test_the_form_knows_no_other_questions(world: World) -> None:
    """The names of fields stand in clear, so a draft holds the form's own questions alone."""
    ssp = person(world, SSP)
    async with nothing_written(world.platform):
        strange = {**DRAFT, "intake": {**INTAKE, "cpr": "made up"}}
        told = refused(await knock(ssp, "POST", "/referrals", strange), "intake-incomplete", 422)
    assert [each["field"] for each in told["fields"]] == ["cpr"]
    case = await drafted(world)
    edit = {"urgency": "akut", "intake": {"cpr": "made up"}}
    async with nothing_written(world.platform):
        answer = await knock(ssp, "PUT", f"/referrals/{case}/draft", edit, if_match='"1"')
    refused(answer, "intake-incomplete", 422)


async def test_an_answer_of_the_wrong_form_may_be_drafted_and_not_sent(world: World) -> None:
    """A draft may be unfinished; it is sent only when the form is filled in as it must be."""
    ssp = person(world, SSP)
    half = {**DRAFT, "intake": {**INTAKE, "birth_date": "i går"}}
    case = (await ssp.post("/referrals", half)).body["referral"]
    async with nothing_written(world.platform):
        answer = await knock(ssp, "POST", f"/referrals/{case}/sending", SENDING)
    told = refused(answer, "intake-incomplete", 422)
    assert [each["field"] for each in told["fields"]] == ["birth_date"]
