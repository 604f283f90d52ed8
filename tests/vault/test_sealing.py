"""What a token shows, and that it opens only where and as it was made."""

import re
from pathlib import Path
from uuid import uuid4

import pytest

from shared.kernel.ids import SubjectId
from shared.vault.problems import Tampered
from shared.vault.sealing import SubjectKey, Token
from shared.vault.vault import Vault
from tests.vault.filing import (
    CANARY,
    FAVRSKOV,
    POLICE,
    bytes_on_disk,
    read,
    sealed,
    share,
    shared_with,
)


async def test_a_token_shows_ids_and_path_alone(vault: Vault) -> None:
    """Anyone may carry a token: it is ASCII for any URL and holds nothing in clear."""
    event, subject = uuid4(), await vault.enrol(uuid4(), FAVRSKOV)
    token = await sealed(vault, subject, CANARY, event)
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", token)
    parts = Token.read(token)
    assert (parts.event, parts.path, parts.subject) == (event, "intake.concern", subject)
    assert str(parts) == token
    assert repr(parts.content)[2:-1] not in repr(parts)


async def test_the_length_does_not_tell(vault: Vault) -> None:
    """A yes and a no, or two short answers, make tokens of one length."""
    subject = await vault.enrol(uuid4(), FAVRSKOV)
    answers = (True, False, None, "ja", "nej", 0, "Viborgvej")
    assert len({len(await sealed(vault, subject, value)) for value in answers}) == 1


@pytest.mark.parametrize("name", ["", "a~b", "Jens Jensen", "né", ".a", "a" * 201])
async def test_a_path_is_a_field(vault: Vault, name: str) -> None:
    """What stands in clear in a token is the name of a field, never something typed in."""
    key = await vault.content_key(uuid4(), await vault.enrol(uuid4(), FAVRSKOV))
    with pytest.raises(ValueError, match="path"):
        key.seal(name, CANARY)


def _changed(token: str, part: int) -> str:
    parts = token.split("~")
    if part == 1:
        parts[1] = uuid4().hex
    elif part == 2:
        parts[2] = "intake.other"
    else:
        parts[part] = parts[part][:20] + ("A" if parts[part][20] != "A" else "B") + parts[part][21:]
    return "~".join(parts)


@pytest.mark.parametrize("part", [1, 2, 4, 5], ids=["event", "path", "wrap", "content"])
async def test_a_changed_token_is_refused(vault: Vault, part: int) -> None:
    """A token moved to another event or field, or with one character changed, does not open."""
    case = uuid4()
    token = await sealed(vault, await vault.enrol(case, FAVRSKOV))
    changed = _changed(token, part)
    with pytest.raises(Tampered):
        await read(vault, changed, FAVRSKOV)
    with pytest.raises(Tampered):
        await vault.grant([share(changed, case, POLICE)])
    assert await read(vault, token, FAVRSKOV) == CANARY


@pytest.mark.parametrize("part", [2, 5], ids=["path", "content"])
async def test_a_changed_token_is_refused_to_the_reader_too(vault: Vault, part: int) -> None:
    """Who reads by a wrap is protected alike."""
    case = uuid4()
    token = await sealed(vault, await vault.enrol(case, FAVRSKOV))
    await shared_with(vault, token, case, POLICE)
    with pytest.raises(Tampered):
        await read(vault, _changed(token, part), POLICE)


async def test_parts_of_two_tokens_do_not_fit(vault: Vault) -> None:
    """Content, or content with its wrap, put under another person of the event does not open."""
    event = uuid4()
    one, other = [
        (await sealed(vault, await vault.enrol(uuid4(), FAVRSKOV), who, event)).split("~")
        for who in ("one", "other")
    ]
    for mixed in ([*one[:5], other[5]], [*one[:4], *other[4:]]):
        with pytest.raises(Tampered):
            await read(vault, "~".join(mixed), FAVRSKOV)


def test_a_wrap_is_for_one_event_and_one_subject() -> None:
    """A wrap copied to another row, or read with another subject's name, does not open."""
    event, subject, secret = uuid4(), SubjectId(uuid4().hex), bytes(range(32))
    key = SubjectKey(subject, secret)
    wrap = key.wrap(event, b"k" * 32)
    assert key.unwrap(event, wrap) == b"k" * 32
    for other, where in ((key, uuid4()), (SubjectKey(SubjectId(uuid4().hex), secret), event)):
        with pytest.raises(Tampered):
            other.unwrap(where, wrap)


@pytest.mark.parametrize("text", ["", "k1", "k1~~~~~", "k2~a~b~c~d~e", CANARY, "~" * 5])
async def test_what_is_no_token_is_refused(vault: Vault, text: str) -> None:
    """Text that never was a token is refused, and never opened as something."""
    with pytest.raises(Tampered):
        await read(vault, text, FAVRSKOV)


async def test_the_vault_holds_no_content(vault: Vault, path: Path) -> None:
    """Neither the vault's file nor its log holds what was sealed."""
    case = uuid4()
    token = await sealed(vault, await vault.enrol(case, FAVRSKOV))
    await shared_with(vault, token, case, POLICE)
    assert await read(vault, token, POLICE) == CANARY
    on_disk = bytes_on_disk(path)
    assert on_disk
    assert CANARY.encode() not in on_disk
    assert b"Kanariefugl" not in on_disk
    assert b"intake.concern" not in on_disk
