"""Certificates that no handshake would come out well with are refused at start, in words."""

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from shared.testing.certificates import MadeUpAuthority
from shared.vault.credentials import Credentials
from shared.vault.door import VaultDoor
from shared.vault.problems import CertificateRefused, DoorRefused
from shared.vault.remote import RemoteVault
from shared.vault.vault import Vault

Spoilt = Callable[[Credentials, MadeUpAuthority], tuple[Credentials, Path]]
"""Spoils what was fit, and gives it with the file that is to blame."""


def _missing(fit: Credentials, _: MadeUpAuthority) -> tuple[Credentials, Path]:
    fit.cert.unlink()
    return fit, fit.cert


def _a_folder(fit: Credentials, _: MadeUpAuthority) -> tuple[Credentials, Path]:
    return replace(fit, key=fit.key.parent), fit.key.parent


def _no_certificate(fit: Credentials, _: MadeUpAuthority) -> tuple[Credentials, Path]:
    fit.cert.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    return fit, fit.cert


def _no_authority(fit: Credentials, _: MadeUpAuthority) -> tuple[Credentials, Path]:
    fit.ca.write_bytes(b"\x00" * 64)
    return fit, fit.ca


def _not_an_authority(fit: Credentials, _: MadeUpAuthority) -> tuple[Credentials, Path]:
    return replace(fit, ca=fit.cert), fit.cert


def _another_authority(fit: Credentials, other: MadeUpAuthority) -> tuple[Credentials, Path]:
    return replace(fit, ca=other.ca), fit.cert


def _no_key(fit: Credentials, _: MadeUpAuthority) -> tuple[Credentials, Path]:
    fit.key.write_bytes(fit.cert.read_bytes())
    return fit, fit.key


def _with_a_password(fit: Credentials, _: MadeUpAuthority) -> tuple[Credentials, Path]:
    key = load_pem_private_key(fit.key.read_bytes(), None)
    locked = BestAvailableEncryption(b"secret")
    fit.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    return fit, fit.key


def _key_of_another(fit: Credentials, other: MadeUpAuthority) -> tuple[Credentials, Path]:
    key = other.client("another").key
    return replace(fit, key=key), key


def _open_to_others(fit: Credentials, _: MadeUpAuthority) -> tuple[Credentials, Path]:
    fit.key.chmod(0o604)
    return fit, fit.key


SPOILT = {
    "cannot be read; put the file there": (_missing, _a_folder),
    "no certificate in PEM; get a new one": (_no_certificate, _no_authority),
    "not the certificate of an authority; name the one": (_not_an_authority,),
    "is not signed by .*; use the same authority": (_another_authority,),
    "no key in PEM without a password; get a new one": (_no_key, _with_a_password),
    "does not belong to .*; put the two": (_key_of_another,),
    "can be read by others; chmod 600": (_open_to_others,),
}
CASES = [
    pytest.param(mend, spoil, id=spoil.__name__) for mend, all_ in SPOILT.items() for spoil in all_
]


@pytest.fixture
def other(tmp_path: Path) -> MadeUpAuthority:
    """Another authority."""
    return MadeUpAuthority.made(tmp_path / "other")


def knock(credentials: Credentials) -> None:
    """Begin to ask a vault that need not be there."""
    RemoteVault.at("https://127.0.0.1:1", credentials)


@pytest.mark.parametrize(("mend", "spoil"), CASES)
async def test_the_door_does_not_open_with_what_is_not_fit(
    vault: Vault, worker: Credentials, other: MadeUpAuthority, mend: str, spoil: Spoilt
) -> None:
    """The owner hears at start which file is wrong and what to do, in both languages."""
    spoilt, blamed = spoil(worker, other)
    with pytest.raises(CertificateRefused, match=mend) as refused:
        VaultDoor.open(vault, "127.0.0.1", 0, spoilt)
    assert str(refused.value).startswith(f"{blamed} ")


@pytest.mark.parametrize(("mend", "spoil"), CASES)
def test_a_replica_does_not_begin_with_what_is_not_fit(
    replica: Credentials, other: MadeUpAuthority, mend: str, spoil: Spoilt
) -> None:
    """A replica hears it at start as well, not at the first request."""
    spoilt, blamed = spoil(replica, other)
    with pytest.raises(CertificateRefused, match=mend) as refused:
        knock(spoilt)
    assert str(refused.value).startswith(f"{blamed} ")


async def test_each_side_has_a_certificate_of_its_own(
    vault: Vault, worker: Credentials, replica: Credentials
) -> None:
    """Certificates that were put in each other's place are seen before anybody wonders."""
    with pytest.raises(CertificateRefused, match="serverAuth"):
        VaultDoor.open(vault, "127.0.0.1", 0, replica)
    with pytest.raises(CertificateRefused, match="clientAuth"):
        knock(worker)


@pytest.mark.parametrize("lasting", [timedelta(hours=1), timedelta(hours=-1)])
def test_what_is_no_longer_in_force_is_refused(tmp_path: Path, lasting: timedelta) -> None:
    """A certificate that has run out is refused with the days between which it was in force."""
    authority = MadeUpAuthority.made(tmp_path / "tls")
    if lasting > timedelta(0):
        late = authority.client("late", lasting=lasting)
        with pytest.raises(CertificateRefused, match=r"late\.pem .* UTC.*not in force"):
            knock(late)
    stale = MadeUpAuthority.made(tmp_path / "stale", lasting=timedelta(hours=1))
    with pytest.raises(CertificateRefused, match=r"ca\.pem .* UTC.*not in force"):
        knock(stale.client("replica"))


def test_what_is_fit_is_taken(replica: Credentials, other: MadeUpAuthority) -> None:
    """Two authorities in one file are both believed, so that one can follow the other."""
    both = other.ca.read_bytes() + replica.ca.read_bytes()
    replica.ca.write_bytes(both)
    knock(replica)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8443",
        "http://127.0.0.1:8443",
        "https://127.0.0.1",
        "https://:8443",
        "https://user@127.0.0.1:8443",
        "https://127.0.0.1:8443/vault",
        "https://127.0.0.1:8443?a=b",
        "https://127.0.0.1:port",
        "https://127.0.0.1:99999",
        "https://[::1:8443",
    ],
)
def test_an_address_of_another_kind_is_refused(replica: Credentials, url: str) -> None:
    """Keys are never asked for in clear, or of half an address; the refusal shows a whole one."""
    with pytest.raises(DoorRefused, match=r"KREDSLOB_VAULT_URL .*correct it"):
        RemoteVault.at(url, replica)


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1", "::2"])
async def test_a_port_that_cannot_be_had_is_refused(
    vault: Vault, worker: Credentials, host: str
) -> None:
    """A port that is taken, is another machine's or is none is refused at start, not later on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for port in (taken.getsockname()[1], 99_999):
            with pytest.raises(DoorRefused, match="KREDSLOB_VAULT_PORT"):
                VaultDoor.open(vault, host, port, worker)
