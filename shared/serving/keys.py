"""What a service signs and seals with."""

from dataclasses import dataclass, field
from typing import Self

from shared.kernel.starting import CannotStart
from shared.serving.settings import Role, ServiceSettings
from shared.vault.problems import VaultProblem
from shared.vault.provider import FileKeys


class KeysRefused(CannotStart):
    """A key is missing or no key: put the file named below where it belongs, with its owner alone.

    (da: En nøgle mangler eller er ingen nøgle: læg filen, der er nævnt nedenfor, på sin plads, så
    kun dens ejer kan læse den.)
    """


@dataclass(frozen=True)
class Keys:
    """What a service signs and seals with, each key for one use only.

    ``own`` is kept for good, because actors, requests and routes are told by what is derived from
    it. ``actor``, ``position`` and ``reads`` are the whole platform's: what one service has shown
    and to whom is opened again by the audit, which answers for all of them.
    """

    own: FileKeys = field(repr=False)
    actor: bytes = field(repr=False)
    position: bytes = field(repr=False)
    reads: bytes = field(repr=False)

    @classmethod
    def of(cls, service: str, settings: ServiceSettings) -> Self:
        """Give the keys of *service*: in production those there are, elsewhere made when missing.

        Processes that share a service share its keys, so none of them makes any.

        Raises ``KeysRefused``.
        """
        platform = _kept(settings, "keys", "platform")
        own = _kept(settings, service, "own")
        told = map(platform.derive, ("actor", "position-token", "reads"))
        return cls(own, *told)

    def derive(self, purpose: str) -> bytes:
        """Give the service's own 32 bytes for one purpose."""
        return self.own.derive(purpose)


def wrapping_key(service: str, settings: ServiceSettings) -> FileKeys:
    """Give the key that wraps those in the vault of *service*; it may be rotated.

    Raises ``KeysRefused``.
    """
    return _kept(settings, service, "wrapping")


def _kept(settings: ServiceSettings, folder: str, name: str) -> FileKeys:
    make = settings.mode != "production" and settings.role is Role.ALL
    try:
        return FileKeys(settings.folder(folder) / f"{name}.key", make=make)
    except VaultProblem as problem:
        raise KeysRefused(str(problem)) from None
