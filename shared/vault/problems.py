"""What the vault answers when it cannot do what was asked."""


class VaultProblem(Exception):
    """The vault could not do what was asked. Nothing was half-done."""


class UnknownCase(VaultProblem):
    """No person was ever bound to this case."""


class UnknownSubject(VaultProblem):
    """No such subject for the one who asks: it never was, was destroyed, or is another's."""


class Tampered(VaultProblem):
    """A token, or a wrap, is not as the vault wrote it."""


class WrongKeys(VaultProblem):
    """The key provider is not the one that this was wrapped with."""


class KeyFileRefused(VaultProblem):
    """A key file that others can read, that is not there, or that does not hold a key."""


class OtherShape(VaultProblem):
    """The vault's file was written by another version of the platform; it was not touched."""


class DoorRefused(VaultProblem):
    """The vault's private door cannot be opened or asked as one was told to; said at start."""


class CertificateRefused(DoorRefused):
    """A certificate, its key or its authority's is not fit for the vault's private door."""


class TooMuchAtOnce(VaultProblem):
    """More than one request to the vault's private door may hold."""


class VaultInUse(VaultProblem):
    """Another process owns this vault; there is never more than one."""


class VaultDown(VaultProblem):
    """The vault's file does not answer, or was closed; asking again later may help."""


class NotYetGone(VaultProblem):
    """The key is destroyed but a reader of the file holds old bytes; asking again finishes it."""
