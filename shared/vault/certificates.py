"""Whether certificate, key and authority fit together, said at start instead of at each request."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    ExtendedKeyUsage,
    ExtensionNotFound,
    load_pem_x509_certificates,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from shared.vault.privacy import is_private
from shared.vault.problems import CertificateRefused

_MOST_BYTES = 1024 * 1024


class Purpose(Enum):
    """What a certificate is used for, by the name that it has in RFC 5280 §4.2.1.12."""

    SERVING = "serverAuth"
    ASKING = "clientAuth"

    @property
    def oid(self) -> ObjectIdentifier:
        """The number that it goes by in a certificate."""
        serves = self is Purpose.SERVING
        return ExtendedKeyUsageOID.SERVER_AUTH if serves else ExtendedKeyUsageOID.CLIENT_AUTH


def ensure_fit(ca: Path, cert: Path, key: Path, purpose: Purpose) -> None:
    """Refuse files that no handshake would come out well with. Raises ``CertificateRefused``."""
    authorities, chain = _certificates(ca), _certificates(cert)
    _ensure_authority(ca, authorities)
    _ensure_belongs(cert, chain[0], key)
    _ensure_issued(cert, chain, ca, authorities)
    if not _is_for(chain[0], purpose):
        raise refused(
            cert,
            f"er ikke udstedt til denne side; få et med formålet {purpose.value}",
            f"was not issued for this side; get one for the purpose {purpose.value}",
        )


def refused(path: Path, danish: str, english: str) -> CertificateRefused:
    """Give the refusal of the file at *path* in both languages."""
    return CertificateRefused(f"{path} {danish} ({english})")


def _ensure_authority(ca: Path, authorities: Sequence[Certificate]) -> None:
    for each in authorities:
        _ensure_in_force(ca, each)
        if not _may_sign(each):
            raise refused(
                ca,
                "er ikke en udsteders certifikat; angiv det, der underskrev de andre",
                "is not the certificate of an authority; name the one that signed the others",
            )


def _ensure_belongs(cert: Path, own: Certificate, key: Path) -> None:
    if _written(_private(key).public_key()) != _written(own.public_key()):
        raise refused(
            key,
            f"hører ikke til {cert}; læg de to, der blev lavet sammen, på plads",
            f"does not belong to {cert}; put the two that were made together in place",
        )


def _ensure_issued(
    cert: Path, chain: Sequence[Certificate], ca: Path, authorities: Sequence[Certificate]
) -> None:
    _ensure_in_force(cert, chain[0])
    if not any(_signed(chain[0], by) for by in (*chain[1:], *authorities)):
        raise refused(
            cert,
            f"er ikke underskrevet af {ca}; brug samme udsteder på begge sider",
            f"is not signed by {ca}; use the same authority on both sides",
        )


def _ensure_in_force(path: Path, certificate: Certificate) -> None:
    # The machine's own clock, not the platform's: it is the one that a handshake goes by.
    now = datetime.now(UTC)
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begin <= now <= end:
        raise refused(
            path,
            f"gælder kun fra {begin:%Y-%m-%d %H:%M} til {end:%Y-%m-%d %H:%M} UTC; få et nyt"
            " eller ret uret",
            "is not in force now; get a new one or set the clock",
        )


def _certificates(path: Path) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(_read(path)[0])
    except ValueError as cause:
        raise refused(
            path, "er intet certifikat i PEM; få et nyt", "is no certificate in PEM; get a new one"
        ) from cause


def _private(path: Path) -> PrivateKeyTypes:
    text, private = _read(path)
    if not private:
        raise refused(
            path,
            "kan læses af andre; chmod 600, eller 0440 hvis den monteres som roots",
            "can be read by others; chmod 600, or 0440 where it is mounted as root's",
        )
    try:
        return load_pem_private_key(text, password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm) as cause:
        raise refused(
            path,
            "er ingen nøgle i PEM uden adgangskode; få en ny",
            "is no key in PEM without a password; get a new one",
        ) from cause


def _read(path: Path) -> tuple[bytes, bool]:
    """Give what the file holds, and whether it is for us alone."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES), is_private(file.fileno())
    except OSError as cause:
        raise refused(
            path,
            "kan ikke læses; læg filen der, eller ret stien",
            "cannot be read; put the file there, or correct the path",
        ) from cause


def _may_sign(certificate: Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(BasicConstraints).value.ca
    except (ExtensionNotFound, ValueError):
        return False


def _is_for(certificate: Certificate, purpose: Purpose) -> bool:
    try:
        return purpose.oid in certificate.extensions.get_extension_for_class(ExtendedKeyUsage).value
    except ExtensionNotFound:
        return True  # for anything, as OpenSSL takes it
    except ValueError:
        return False


def _signed(certificate: Certificate, by: Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


def _written(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
