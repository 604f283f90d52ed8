"""What people write in a request: a sentence, or a longer text."""

from typing import Annotated

from pydantic import StringConstraints

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2_000)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
