"""What a process shows at the vault's private door, and by what it knows the other side.

Both sides are this platform's own, so both speak TLS 1.3 and nothing older. Whoever holds a
certificate of the authority for clients may ask for any key: that authority signs for nothing else.
Files are read once, at start; a new certificate, or a new authority to shut somebody out, counts
from the next start.
"""

import ssl
from dataclasses import dataclass
from pathlib import Path

from shared.vault.certificates import Purpose, ensure_fit, refused


@dataclass(frozen=True, slots=True)
class Credentials:
    """Three files in PEM: certificates of the authority *ca*, one of its own *cert*, and its *key*.

    What *cert* holds beyond the first are the ones between it and the authority.
    """

    ca: Path
    cert: Path
    key: Path

    def at_the_door(self) -> ssl.SSLContext:
        """Give what serves with these, only to who shows a certificate of the same authority.

        Raises ``CertificateRefused``.
        """
        context = self._loaded(Purpose.SERVING)
        context.verify_mode = ssl.CERT_REQUIRED
        context.num_tickets = 0  # nobody comes back on an old handshake: each shows its certificate
        return context

    def to_ask(self) -> ssl.SSLContext:
        """Give what asks with these, only who has a certificate for its host of the same authority.

        Raises ``CertificateRefused``.
        """
        return self._loaded(Purpose.ASKING)

    def _loaded(self, purpose: Purpose) -> ssl.SSLContext:
        ensure_fit(self.ca, self.cert, self.key, purpose)
        serves = purpose is Purpose.SERVING
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if serves else ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        try:
            context.load_verify_locations(self.ca)
            context.load_cert_chain(self.cert, self.key, password="")
        except (OSError, ValueError) as cause:
            raise refused(
                self.cert, "kan ikke bruges; få en ny", "cannot be used; get a new one"
            ) from cause
        return context
