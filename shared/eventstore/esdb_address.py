"""Where an EventStoreDB is: the connection string, checked before anybody uses it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificates
from esdbclient.connection_spec import (
    NODE_PREFERENCE_LEADER,
    URI_SCHEME_ESDB,
    VALID_CONNECTION_QUERY_STRING_FIELDS,
    VALID_URI_SCHEMES,
    ConnectionOptions,
    ConnectionSpec,
)

from shared.eventstore.esdb_refusals import (
    CertificateUnreadable,
    NoCertificate,
    WrongConnectionString,
)

KEEP_ALIVE = 10_000
"""Milliseconds between signs of life on an idle connection, unless the string names others."""
KEEP_ALIVE_ANSWER = 5_000
"""Milliseconds after which a sign of life without an answer is a lost connection."""

GrpcOption = tuple[str, str | int]


@dataclass(frozen=True, slots=True)
class Address:
    """A connection string that makes sense, and whose files hold what they should."""

    url: str = field(repr=False)  # it holds a password
    clustered: bool
    grpc_options: tuple[GrpcOption, ...]

    @classmethod
    def read(cls, url: str) -> Self:
        """Read a connection string: ``esdb://`` with one or more servers, ``esdb+discover://``.

        Raises ``WrongConnectionString``, ``CertificateUnreadable`` and ``NoCertificate``.
        """
        spec = _parsed(url)
        _ensure_safe(spec.options)
        clustered = spec.scheme != URI_SCHEME_ESDB or len(spec.targets) > 1
        return cls(url, clustered, _grpc_options(spec.options))


def _parsed(url: str) -> ConnectionSpec:
    """Parse without an exception of the client in the chain: its words repeat the password."""
    scheme = url.partition("://")[0]
    if scheme not in VALID_URI_SCHEMES or "://" not in url:
        raise WrongConnectionString(f"It begins with one of: {', '.join(VALID_URI_SCHEMES)}://.")
    spec, why = _tried(url)
    if spec is None:
        raise WrongConnectionString(why)
    return spec


def _tried(url: str) -> tuple[ConnectionSpec | None, str]:
    try:
        return ConnectionSpec(url), ""
    except ValueError as wrong:
        said = str(wrong)
    reasons = {
        "No targets": "It names no server.",
        "More than one target": "After esdb+discover:// stands one name; after esdb:// many may.",
        "Username and password": "TLS needs a user and a password: esdb://USER:PASSWORD@HOST.",
        "Unknown field": f"After ? may stand: {', '.join(VALID_CONNECTION_QUERY_STRING_FIELDS)}.",
    }
    return None, next(
        (reason for begins, reason in reasons.items() if said.startswith(begins)),
        "A setting after ? has a value that it cannot have.",
    )


def _ensure_safe(options: ConnectionOptions) -> None:
    if options.NodePreference != NODE_PREFERENCE_LEADER:
        raise WrongConnectionString("NodePreference is leader: others may not have it yet.")
    if not options.Tls:
        return
    if not options.TlsVerifyCert:
        raise WrongConnectionString("Leave TlsVerifyCert out: who is not verified is not trusted.")
    if options.TlsCaFile is None:
        raise WrongConnectionString("With TLS, tlsCaFile names the authority's certificate.")
    _ensure_holds(options.TlsCaFile, load_pem_x509_certificates)
    if options.UserCertFile is not None:
        _ensure_holds(options.UserCertFile, load_pem_x509_certificates)
    if options.UserKeyFile is not None:
        _ensure_holds(options.UserKeyFile, lambda pem: load_pem_private_key(pem, None))


def _ensure_holds(file: str, load: Callable[[bytes], object]) -> None:
    try:
        pem = Path(file).read_bytes()
    except OSError as problem:
        raise CertificateUnreadable(f"{file}: {problem.strerror}") from problem
    try:
        load(pem)
    except (ValueError, TypeError) as problem:
        raise NoCertificate(file) from problem


def _grpc_options(options: ConnectionOptions) -> tuple[GrpcOption, ...]:
    return (
        # The client hands on KeepAliveInterval under a name that gRPC does not know.
        ("grpc.keepalive_time_ms", options.KeepAliveInterval or KEEP_ALIVE),
        ("grpc.keepalive_timeout_ms", options.KeepAliveTimeout or KEEP_ALIVE_ANSWER),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),  # else gRPC gives up asking an idle connection
        # gRPC would let a server that was gone for long wait two minutes more.
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 2_000),
    )
