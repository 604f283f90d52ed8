"""Heads are signed notes that anyone's tools can check."""

import base64
import re
import stat
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from services.audit.ledger.reading import LedgerFile
from shared.transparency.checkpoint import Checkpoint, log_name
from shared.transparency.note import NoteKey, NotSigned, Signer, verify_note
from tests.audit.scene import Scene

# The example that the signed-note library of Go documents and tests itself with.
SOMEBODY_ELSES_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SOMEBODY_ELSES_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"  # noqa: E501 - one line of a note
)
HEAD = Checkpoint(log_name("oestjylland"), 15, sha256(b"root").digest())
SIGNER = Signer(HEAD.origin, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Signer(HEAD.origin, Ed25519PrivateKey.from_private_bytes(bytes(32)))
FROZEN = (
    "kredslob/oestjylland/ledger\n"
    "15\n"
    "SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n"
    "\n"
    "— kredslob/oestjylland/ledger YbelJlT155Fv4Ykf51BHGBXe1zeH4LPW2XzJg4f69kMzWGLsk9Bjtncej6hmGdETqkr7sGavH0qciBSW88YNigMijgI=\n"  # noqa: E501 - one line of a note
)


def test_a_note_of_somebody_else() -> None:
    """A note signed by another program under the same standard is accepted."""
    key = NoteKey.read(SOMEBODY_ELSES_KEY)
    text, _ = SOMEBODY_ELSES_NOTE.split("\n\n")
    assert verify_note(SOMEBODY_ELSES_NOTE, key) == f"{text}\n"
    assert str(key) == SOMEBODY_ELSES_KEY


def test_the_head_is_frozen() -> None:
    """Every head ever kept must verify, so neither the text nor the signature's form changes."""
    assert HEAD.signed(SIGNER) == FROZEN
    assert Checkpoint.verified(FROZEN, SIGNER.public) == HEAD


def test_a_head_checked_without_our_code(untouched: Scene) -> None:
    """A head of a real ledger verifies by the standard's text and a bare Ed25519 alone."""
    for note in LedgerFile(untouched.ledger).heads():
        origin, size, root, empty, signature, end = note.split("\n")
        assert (origin, empty, end) == ("kredslob/oestjylland/ledger", "", "")
        assert re.fullmatch(r"0|[1-9]\d*", size)
        assert len(base64.b64decode(root)) == 32
        line = re.fullmatch("\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)", signature)
        assert line is not None
        assert line[1] == origin
        raw = base64.b64decode(line[2])
        key_id = sha256(f"{origin}\n".encode() + b"\x01" + untouched.key.key).digest()[:4]
        assert raw[:4] == key_id
        signed = f"{origin}\n{size}\n{root}\n".encode()
        Ed25519PublicKey.from_public_bytes(untouched.key.key).verify(raw[4:], signed)


@given(st.data(), st.integers(1, 127))
def test_a_changed_note_is_refused(data: st.DataObject, flip: int) -> None:
    """No character of a signed head can be changed."""
    at = data.draw(st.integers(0, len(FROZEN) - 1))
    changed = FROZEN[:at] + chr(ord(FROZEN[at]) ^ flip) + FROZEN[at + 1 :]
    with pytest.raises(NotSigned):
        Checkpoint.verified(changed, SIGNER.public)


@pytest.mark.parametrize("other", [Signer("witness.example", OTHER.private), OTHER])
def test_a_witness_may_sign_too(other: Signer) -> None:
    """A further signature, under a key one does not know, is passed over; ours still counts."""
    line = HEAD.signed(other).partition("\n\n")[2]
    assert Checkpoint.verified(FROZEN + line, SIGNER.public) == HEAD


@pytest.mark.parametrize(
    "note",
    [
        "",
        HEAD.text(),
        HEAD.text() + "\n",
        HEAD.signed(OTHER),
        FROZEN.removesuffix("\n"),
        FROZEN.replace("\u2014", "-"),
        SIGNER.sign("nothing that is a head\n"),
        SIGNER.sign(f"{HEAD.origin}\n015\n{base64.b64encode(HEAD.root).decode()}\n"),
        SIGNER.sign(f"{HEAD.origin}\n15\nAAAA\n"),
        SIGNER.sign(f"{HEAD.origin}\n15\n?\n"),
        SIGNER.sign(f"{HEAD.origin}\n15\nø\n"),
        SIGNER.sign(f"{HEAD.origin}\n{2**63}\n{base64.b64encode(HEAD.root).decode()}\n"),
        SIGNER.sign(f"{HEAD.origin}\n{'9' * 5000}\n{base64.b64encode(HEAD.root).decode()}\n"),
        FROZEN + "— witness.example ø\n",
        SIGNER.sign(f"another/log\n15\n{base64.b64encode(HEAD.root).decode()}\n"),
    ],
)
def test_what_is_no_head_is_refused(note: str) -> None:
    """Another's signature, a form that is not the standard's, or another log's head is no head."""
    with pytest.raises(NotSigned):
        Checkpoint.verified(note, SIGNER.public)


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    """The key is made once, readable by its owner only, and signs alike ever after."""
    path = tmp_path / "head.key"
    first = Signer.kept_in(path, HEAD.origin)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Signer.kept_in(path, HEAD.origin).public == first.public
    assert NoteKey.read(str(first.public)) == first.public


@pytest.mark.parametrize("text", ["no newline", "a bell\a\n"])
def test_what_cannot_be_a_note_is_not_signed(text: str) -> None:
    """A text that the standard forbids is refused before it is signed."""
    with pytest.raises(ValueError, match="whole lines"):
        SIGNER.sign(text)


@pytest.mark.parametrize("text", ["", "name", "name+00000000+AAAA", SOMEBODY_ELSES_KEY[:-1]])
def test_what_is_no_key_is_refused(text: str) -> None:
    """A key whose id does not follow from its name and bytes was copied wrongly."""
    with pytest.raises(ValueError, match=r"key|base64|[Ii]ncorrect"):
        NoteKey.read(text)
