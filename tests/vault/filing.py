"""What the vault's tests do again and again: seal one field, share it, look at bytes on disk."""

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

from pydantic import JsonValue

from shared.kernel.ids import AuthorityId, SubjectId
from shared.kernel.personal import Erased
from shared.vault.holder import KeyHolder
from shared.vault.sealing import Token
from shared.vault.wraps import Share

FAVRSKOV = AuthorityId("favrskov")
POLICE = AuthorityId("oestjyllands-politi")
REGION = AuthorityId("region-midtjylland")
CANARY = "Kanariefugl Testesen, Opdigtet Allé 7"


async def sealed(
    vault: KeyHolder, subject: SubjectId, value: JsonValue = CANARY, event: UUID | None = None
) -> str:
    """Give the token of *value* as the concern of an event."""
    key = await vault.content_key(event or uuid4(), subject)
    return key.seal("intake.concern", value)


def share(
    token: str,
    case: UUID,
    reader: AuthorityId,
    *,
    by: AuthorityId = FAVRSKOV,
    cause: UUID | None = None,
) -> Share:
    """Give *reader* a share in a token because of *cause*, else because of the event it is in."""
    because = cause or Token.read(token).event
    return Share(token=token, cause=because, case=case, by=by, reader=reader)


async def shared_with(vault: KeyHolder, token: str, case: UUID, reader: AuthorityId) -> None:
    """Let *reader* read what Favrskov sealed."""
    await vault.grant([share(token, case, reader)])


async def read(vault: KeyHolder, token: str, reader: AuthorityId) -> JsonValue | Erased:
    """Give what *reader* reads in one token."""
    (value,) = await vault.opened([token], reader)
    return value


def bytes_on_disk(path: Path) -> bytes:
    """Give all that lies in the vault's folder: the file, its log, the list, the lock."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))


def wrapped_keys(path: Path) -> dict[str, bytes]:
    """Give the wrapped key of each subject as the file holds it."""
    with closing(sqlite3.connect(path)) as file:
        return dict(file.execute("SELECT subject, wrapped FROM keys"))


def wraps(path: Path) -> list[bytes]:
    """Give the wraps of further readers as the file holds them, in the order of their readers."""
    with closing(sqlite3.connect(path)) as file:
        return [wrap for (wrap,) in file.execute("SELECT wrapped FROM wraps ORDER BY reader")]
