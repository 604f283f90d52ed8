"""What the door serves, and what it makes of a body that is not what is asked there."""

import io
import json
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest
from pydantic import JsonValue

from shared.kernel.ids import AuthorityId
from shared.kernel.personal import Erased
from shared.vault.asked import MAX_BODY_BYTES
from shared.vault.credentials import Credentials
from shared.vault.holder import KeyHolder
from shared.vault.problems import Tampered, UnknownCase, UnknownSubject, VaultDown
from shared.vault.provider import FileKeys
from shared.vault.remote import RemoteVault
from shared.vault.vault import Vault
from tests.logged import logged
from tests.vault.filing import CANARY, FAVRSKOV, POLICE, sealed, shared_with
from tests.vault.knocking import PATIENCE, asking, behind_a_door

CASE = UUID(int=7)
ENROL = {"case": str(CASE), "authority": FAVRSKOV, "known_as": None, "apart": False}
SHARE = {"token": "t", "cause": str(CASE), "case": str(CASE), "by": FAVRSKOV, "reader": POLICE}
BAD = [
    ("/enrol", b""),
    ("/enrol", b"null"),
    ("/enrol", b"[]"),
    ("/enrol", b'{"case":'),
    ("/enrol", b"\xff\xfe"),
    ("/enrol", b"[" * 100_000),
    ("/enrol", json.dumps({**ENROL, "case": CANARY}).encode()),
    ("/enrol", json.dumps({**ENROL, "case": 7}).encode()),
    ("/enrol", json.dumps({**ENROL, "authority": None}).encode()),
    ("/enrol", json.dumps({**ENROL, "authority": "\ud800"}).encode()),
    ("/enrol", json.dumps({**ENROL, "apart": "yes"}).encode()),
    ("/enrol", json.dumps({**ENROL, "apart": 1}).encode()),
    ("/enrol", json.dumps({**ENROL, "more": CANARY}).encode()),
    ("/enrol", json.dumps({"case": str(CASE), "authority": FAVRSKOV}).encode()),
    ("/subject", json.dumps({**ENROL}).encode()),
    ("/content-key", json.dumps({"event": str(CASE)}).encode()),
    ("/grant", json.dumps({"shares": [SHARE]}).encode()),
    ("/grant", json.dumps({"shares": {**SHARE, "apart": False}}).encode()),
    ("/opened", json.dumps({"tokens": "t", "reader": POLICE}).encode()),
    ("/opened", json.dumps({"tokens": [7], "reader": POLICE}).encode()),
]


@pytest.fixture
async def http(url: str, replica: Credentials) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody with a certificate who may say anything."""
    async with httpx2.AsyncClient(
        base_url=url, verify=replica.to_ask(), trust_env=False, timeout=PATIENCE
    ) as client:
        yield client


@pytest.mark.parametrize(("where", "body"), BAD)
async def test_a_bad_body_is_refused_and_changes_nothing(
    http: httpx2.AsyncClient, vault: Vault, where: str, body: bytes
) -> None:
    """What is not exactly what is asked there gets a plain 422 that repeats none of it."""
    answer = await http.post(where, content=body)
    assert (answer.status_code, answer.json()) == (422, {"problem": "Malformed"})
    with pytest.raises(UnknownCase):
        await vault.subject(CASE, FAVRSKOV)


async def test_a_good_body_is_heard(http: httpx2.AsyncClient, vault: Vault) -> None:
    """The body that the bad ones were made from is not itself one."""
    answer = await http.post("/enrol", content=json.dumps(ENROL))
    assert answer.status_code == 200
    assert answer.json() == await vault.subject(CASE, FAVRSKOV)


@pytest.mark.parametrize("counted", [True, False])
async def test_a_body_without_end_is_cut_off(
    http: httpx2.AsyncClient, vault: Vault, *, counted: bool
) -> None:
    """More than one request holds is not kept, whether its length is told first or not."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 2**20 + 1):
            yield b" " * 2**20

    told = {"content-length": str((MAX_BODY_BYTES // 2**20 + 1) * 2**20)} if counted else {}
    answer = await http.post("/enrol", content=endless(), headers=told)
    assert (answer.status_code, answer.json()) == (413, {"problem": "TooMuchAtOnce"})
    assert (await http.post("/enrol", content=json.dumps(ENROL))).status_code == 200
    assert await vault.subject(CASE, FAVRSKOV)


@pytest.mark.parametrize(
    "where", ["/destroy", "/sweep", "/rotate", "/backup", "/close", "/docs", "/openapi.json", "/"]
)
async def test_what_is_the_owners_alone_is_not_served(http: httpx2.AsyncClient, where: str) -> None:
    """Destroying, sweeping, rotating and copying have no door, nor are there pages to read."""
    assert (await http.post(where, content=b"{}")).status_code == 404
    assert (await http.get(where)).status_code == 404


async def test_looking_is_not_asking(http: httpx2.AsyncClient) -> None:
    """Ids stand in bodies alone: nothing can be asked by an address that servers write down."""
    assert (await http.get("/opened", params={"tokens": "t"})).status_code == 405


async def test_each_problem_comes_back_as_itself(remote: RemoteVault) -> None:
    """A replica tells the problems of the vault apart as its owner does."""
    subject = await remote.enrol(CASE, FAVRSKOV)
    with pytest.raises(UnknownCase):
        await remote.subject(uuid4(), FAVRSKOV)
    with pytest.raises(UnknownSubject):
        await remote.enrol(uuid4(), POLICE, known_as=subject)
    with pytest.raises(Tampered):
        await remote.opened([CANARY], FAVRSKOV)


class Failing(Vault):
    """A vault with a fault that nobody foresaw, whose words quote what was asked."""

    async def opened(self, tokens: Sequence[str], reader: AuthorityId) -> list[JsonValue | Erased]:
        """Fail."""
        raise RuntimeError(f"{tokens} {reader} {CANARY}")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What this process logs as our services do, and beside it what everybody says in full."""
    with logged("referrals") as (written, _allowed):
        root = logging.getLogger()
        root.addHandler(everything := logging.StreamHandler(written))
        root.setLevel(logging.DEBUG)
        everything.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
        yield written


async def test_nothing_personal_is_logged(
    tmp_path: Path, worker: Credentials, replica: Credentials, log: io.StringIO
) -> None:
    """Neither side writes down an id, a token, a value or an authority, whatever goes wrong."""
    vault = Failing.open(tmp_path / "vault.db", FileKeys(tmp_path / "key"))
    case, secrets = uuid4(), [CANARY, FAVRSKOV, POLICE]
    async with behind_a_door(vault, worker) as url, asking(url, replica) as remote:
        secrets += [str(case), case.hex]
        secrets += await spoken(remote, case)
        with pytest.raises(VaultDown) as down:
            await remote.opened([CANARY], POLICE)
    await vault.close()
    with pytest.raises(VaultDown) as away:
        await remote.subject(case, FAVRSKOV)
    said = f"{log.getvalue()} {down.value} {down.value.__cause__} {away.value}"
    assert "the vault's door failed" in said
    assert "RuntimeError" in said
    assert [each for each in secrets if each in said] == []


async def spoken(remote: KeyHolder, case: UUID) -> list[str]:
    """Ask all that can be asked, and give the subject and the token of it."""
    subject = await remote.enrol(case, FAVRSKOV)
    token = await sealed(remote, subject)
    await shared_with(remote, token, case, POLICE)
    with pytest.raises(UnknownSubject):
        await remote.enrol(uuid4(), POLICE, known_as=subject)
    with pytest.raises(Tampered):
        await shared_with(remote, token[:-6] + "AAAAAA", case, POLICE)
    return [subject, token]
