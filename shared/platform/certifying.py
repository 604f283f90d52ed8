"""Certificates of the platform's own: an authority for one purpose, and what it vouches for.

Each authority is for one thing alone (the store; the vault's door), so that a certificate made for
one opens nothing of the other. Keys are RSA because EventStoreDB 24.10 reads no others.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

BITS = 3072
AUTHORITY_LASTS, CERTIFICATE_LASTS = timedelta(days=3650), timedelta(days=398)
SERVES, ASKS = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
"""What a certificate may be used for (RFC 5280 §4.2.1.12)."""
BACKDATED = timedelta(minutes=5)
"""For machines whose clocks are a little behind the one that made the certificate."""


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key, both as PEM."""

    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Authority:
    """Vouches for certificates of one purpose."""

    name: x509.Name
    private: RSAPrivateKey = field(repr=False)
    pair: Pair
    now: datetime

    @classmethod
    def new(cls, called: str, now: datetime) -> "Authority":
        """Give an authority with a new key, good for ten years from *now* (with a time zone)."""
        name, private = _named(called), _private()
        usage = _usage(key_cert_sign=True, crl_sign=True)
        built = _begun(name, name, private, now, AUTHORITY_LASTS)
        built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        signed = built.add_extension(usage, critical=True).sign(private, SHA256())
        return cls(name, private, Pair(signed.public_bytes(Encoding.PEM), _pem(private)), now)

    def vouch(self, called: str, *purposes: ObjectIdentifier, hosts: Iterable[str] = ()) -> Pair:
        """Give a certificate for *purposes*, under which *hosts* answer, good for 398 days.

        *called* is its common name: EventStoreDB takes whoever bears its own for one of its nodes.
        """
        private, leaf = _private(), x509.BasicConstraints(ca=False, path_length=None)
        built = _begun(_named(called), self.name, private, self.now, CERTIFICATE_LASTS)
        built = built.add_extension(leaf, critical=True)
        usage = _usage(digital_signature=True, key_encipherment=True)
        own = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.private.public_key())
        built = built.add_extension(usage, critical=True).add_extension(own, critical=False)
        built = built.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        if names := [_host(each) for each in hosts]:
            built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
        signed = built.sign(self.private, SHA256())
        return Pair(signed.public_bytes(Encoding.PEM), _pem(private))


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    private: RSAPrivateKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    public = private.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(**granted: bool) -> x509.KeyUsage:
    uses = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{use: granted.get(use, False) for use in uses})


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _named(called: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)])


def _private() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=BITS)


def _pem(private: RSAPrivateKey) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
