"""The pages that somebody has answered for: one file a programme, beside the rules themselves."""

from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from shared.access.matrix import Matrix, read, written

SIGNED: Final = "signed"
"""The folder of a rulebook in which they lie."""


class NotOurs(ValueError):
    """What lies in the place of a signed page is none; the text is the file."""


def _readable(found: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    read(found)
    return found


class Signed(BaseModel):
    """Who answered for which page, on which day, under which version of all the rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str
    on: date
    rulebook: str
    matrix: Annotated[dict[str, dict[str, str]], AfterValidator(_readable)]
    provisos: tuple[str, ...]

    @property
    def seen(self) -> Matrix:
        """Who sees what, as it was signed."""
        return read(self.matrix)


def signed(rulebook: Path, programme: str) -> Signed | None:
    """Give what was signed last; None where nothing was. Raises ``NotOurs``."""
    try:
        return Signed.model_validate_json(_file(rulebook, programme).read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as wrong:
        raise NotOurs(str(_file(rulebook, programme))) from wrong


def sign(rulebook: Path, programme: str, page: Signed) -> Path:
    """Keep a page as signed, in the place of the one before, and give the file."""
    file = _file(rulebook, programme)
    file.parent.mkdir(exist_ok=True)
    file.write_text(page.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return file


def page_of(by: str, on: date, rulebook: str, seen: Matrix, provisos: tuple[str, ...]) -> Signed:
    """Give a page ready to be signed."""
    return Signed(by=by, on=on, rulebook=rulebook, matrix=written(seen), provisos=provisos)


def _file(rulebook: Path, programme: str) -> Path:
    return rulebook / SIGNED / f"{programme}.json"
