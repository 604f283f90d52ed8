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
    """A key file that others can read, or that does not hold a key."""


class VaultInUse(VaultProblem):
    """Another process owns this vault; there is never more than one."""


class VaultDown(VaultProblem):
    """The vault's file does not answer, or was closed; asking again later may help."""


class NotYetGone(VaultProblem):
    """The key is destroyed but a reader of the file holds old bytes; asking again finishes it."""
