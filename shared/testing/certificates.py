"""Certificates of an authority that exists for tests alone, and is forgotten with its folder."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from shared.vault.credentials import Credentials

HERE: Final = ("127.0.0.1", "localhost")
_LASTING: Final = timedelta(days=3)
_BEGUN: Final = timedelta(days=1)  # ago


@dataclass(frozen=True, slots=True)
class MadeUpAuthority:
    """Signs with a key of its own (ECDSA, P-256); ``ca`` is the file with its certificate.

    Each certificate it makes is two files in ``folder``: ``NAME.pem``, and ``NAME.key`` with mode
    0600. They begin yesterday and last three days unless told otherwise.
    """

    folder: Path
    certificate: x509.Certificate = field(repr=False)
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def made(cls, folder: Path, *, lasting: timedelta = _LASTING) -> "MadeUpAuthority":
        """Give a new authority in *folder*, which is made. Another call gives a foreign one."""
        folder.mkdir(parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("kredslob-test-authority")
        certificate = (
            _begun(name, name, key.public_key(), lasting)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .sign(key, SHA256())
        )
        authority = cls(folder, certificate, key)
        authority.ca.write_bytes(certificate.public_bytes(Encoding.PEM))
        return authority

    @property
    def ca(self) -> Path:
        """The file with the authority's certificate."""
        return self.folder / "ca.pem"

    def server(
        self, name: str, *, hosts: Sequence[str] = HERE, lasting: timedelta = _LASTING
    ) -> Credentials:
        """Give what a server at *hosts* (names and addresses) shows."""
        return self._issued(name, ExtendedKeyUsageOID.SERVER_AUTH, hosts, lasting)

    def client(self, name: str, *, lasting: timedelta = _LASTING) -> Credentials:
        """Give what a client shows."""
        return self._issued(name, ExtendedKeyUsageOID.CLIENT_AUTH, (), lasting)

    def _issued(
        self, name: str, purpose: ObjectIdentifier, hosts: Sequence[str], lasting: timedelta
    ) -> Credentials:
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = self.certificate.subject
        made = (
            _begun(_name(name), issuer, key.public_key(), lasting)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(_signed_by(self.key.public_key()), critical=False)
        )
        if hosts:
            known_as = x509.SubjectAlternativeName([_host(each) for each in hosts])
            made = made.add_extension(known_as, critical=False)
        files = Credentials(self.ca, self.folder / f"{name}.pem", self.folder / f"{name}.key")
        files.cert.write_bytes(made.sign(self.key, SHA256()).public_bytes(Encoding.PEM))
        _keep(files.key, key)
        return files


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, lasting: timedelta
) -> x509.CertificateBuilder:
    begin = datetime.now(UTC) - _BEGUN
    return x509.CertificateBuilder(
        subject_name=subject,
        issuer_name=issuer,
        public_key=key,
        serial_number=x509.random_serial_number(),
        not_valid_before=begin,
        not_valid_after=begin + lasting,
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _signed_by(key: ec.EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _host(named: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(named))
    except ValueError:
        return x509.DNSName(named)


def _keep(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(text)
