"""Why something cannot start: what is wrong, and how whoever runs it mends that."""

from shared.kernel.words import Words, spoken


class CannotStart(Exception):
    """It cannot start like this. (da: Sådan kan det ikke starte.)

    The docstring of each kind is the sentence for who runs it, in both languages. ``found`` says
    what was found instead; it never holds a password or anything about a person.
    """

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found

    @classmethod
    def words(cls) -> Words:
        """Give what is wrong and how to mend it, in both languages."""
        return spoken(cls)
