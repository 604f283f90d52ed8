"""Who may see what, on one page; what a change of the rules would change; why somebody sees."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final, NoReturn
from uuid import UUID

import typer
from rich.console import Console

from shared.access.matrix import matrix, moved
from shared.cli.access.asking import ask_why, in_words
from shared.cli.access.differing import Counts, differences, open_cases
from shared.cli.access.page import page, provisos, told
from shared.cli.access.signing import NotOurs, Signed, page_of, sign, signed
from shared.cli.places import Var
from shared.cli.rules import refuse_mistakes
from shared.kernel.clock import SystemClock
from shared.platform.plainly import plainly
from shared.platform.supervising import Platform
from shared.rulebook.content import Rulebook, load
from shared.rulebook.days import civil_date
from shared.rulebook.programme import Programme

app = typer.Typer(help="Who may see what, and why.", no_args_is_help=True)
TOKEN: Final = "KREDSLOB_TOKEN"  # noqa: S105 - the name of a variable, not what is in it
WRONG: Final = 2
"""How a command ends that was asked for what cannot be, as with Typer's own usage errors."""
UNCHANGED: Final = "Uændret siden (unchanged since)."
OTHER_RULES: Final = "Andre regler er ændret (other rules have changed)."
YES: Final = frozenset({"ja", "j", "yes", "y"})
Name = Annotated[str, typer.Argument(help="The id of a programme, such as psp.")]
Rules = Annotated[Path, typer.Option(help="The folder of the rulebook.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Another day than today.")]
_console = Console(soft_wrap=True, highlight=False, markup=False)


@app.command("matrix")
def show_matrix(
    programme: Name,
    *,
    rulebook: Rules = Path("rulebook"),
    on: Day = None,
    by: Annotated[
        str | None, typer.Option("--sign", help='Answer for it as it is today: "Navn, hverv".')
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without being asked again.")] = False,
) -> None:
    """Print who may see which kind of data, and what changed since it was last signed.

    Ends with 0; with 1 where the rules have mistakes, a signed file cannot be read or nothing was
    signed after all; with 2 for a programme that is not there or a signature without an office.
    Example: kredslob access matrix psp --sign "Opdigtet Jurist, chefjurist"
    """
    if by is not None and (on is not None or not all(map(str.strip, by.partition(", ")))):
        _stop('Skriv --sign "Navn, hverv", uden --on (write name and office, without --on)', WRONG)
    refuse_mistakes(rulebook)
    rules, day = load(rulebook), _day(on)
    found = _programme(rules, programme)
    seen = matrix(rules, found, day)
    _console.print(page(rules, found, seen, day))
    now = page_of(by or "", day, rules.manifest.hash, seen, provisos(rules, found))
    _tell_since(_signed(rulebook, programme), now)
    if by is not None:
        _sign(rulebook, programme, now, asked=not yes)


@app.command("diff")
def show_difference(
    old: Annotated[Path, typer.Argument(help="The folder of the rulebook as it is.")],
    new: Annotated[Path, typer.Argument(help="The folder of the rulebook as it would be.")],
    on: Day = None,
    var: Var = Path("var"),
) -> None:
    """Print who would see more or less of which kind of data, and in how many open cases here.

    Ends with 0 where nobody's access changes, with 1 where somebody's does, with 2 where one of
    the two is no rulebook without mistakes.
    Example: kredslob access diff rulebook /proposed/rulebook
    """
    for each in (old, new):
        refuse_mistakes(each, ending=WRONG)
    lines = differences(load(old), load(new), _day(on), _counted(var))
    for line in lines:
        _console.print(line)
    if not lines:
        _console.print("Ingens adgang ændres (nobody's access changes).")
    raise typer.Exit(int(bool(lines)))


@app.command("why")
def say_why(  # noqa: PLR0913 - one for each thing that the command line takes
    person: Annotated[str, typer.Argument(help="The name by which the login knows the person.")],
    referral: Annotated[UUID, typer.Argument(help="The id of a referral.")],
    *,
    unit: Annotated[str | None, typer.Option(help="Your unit, if you have several.")] = None,
    purpose: Annotated[str, typer.Option(help="What you ask for.")] = "data_protection",
    url: Annotated[str | None, typer.Option(help="Where referrals answers, if not here.")] = None,
    var: Var = Path("var"),
) -> None:
    """Say in which offices somebody of your authority sees what of a referral, and by which policy.

    It is asked with your own token, in KREDSLOB_TOKEN, noted like every look, and answers for your
    authority alone. Ends with 0 where there is an answer; with 1 where there is none, because
    nothing answers or you may not know; with 2 without a token.
    Example: KREDSLOB_TOKEN=… kredslob access why 9dbdd26f 018f6e0a-0000-7000-8000-000000000000
    """
    token = os.environ.get(TOKEN)
    if not token:
        _stop(f"Sæt {TOKEN} til dit eget token (set it to your own token).", WRONG)
    headers = {"Kredslob-Purpose": purpose, "Kredslob-Office": "dpo"}
    headers |= {"Authorization": f"Bearer {token}"} | ({"Kredslob-Unit": unit} if unit else {})
    with plainly():
        answer = ask_why(url or Platform.found(var).url("referrals"), referral, person, headers)
    for line in in_words(answer):
        _console.print(line)
    raise typer.Exit(int(answer.is_error))


def _stop(sentence: str, ending: int = 1) -> NoReturn:
    _console.print(sentence, style="red")
    raise typer.Exit(ending)


def _day(on: datetime | None) -> date:
    """Give the day asked for, or today's: a signature bears the real date."""
    return on.date() if on else civil_date(SystemClock().now())


def _programme(rules: Rulebook, name: str) -> Programme:
    if name not in rules.programmes:
        known = ", ".join(sorted(rules.programmes))
        _stop(f"Ukendt indsats (unknown programme): {name}. Her er (here are): {known}", WRONG)
    return rules.programmes[name]


def _signed(rulebook: Path, programme: str) -> Signed | None:
    try:
        return signed(rulebook, programme)
    except NotOurs as file:
        _stop(f"Kan ikke læses som underskrevet side (no signed page can be read here): {file}")


def _tell_since(before: Signed | None, now: Signed) -> None:
    """Tell what changed since somebody last answered for it."""
    if before is None:
        _console.print("Ikke underskrevet (not signed).", style="yellow")
        return
    _console.print(f"Underskrevet (signed) {before.on:%d-%m-%Y}: {before.by}")
    lines = [told(change) for change in moved(before.seen, now.seen)]
    lines += [f"- {each}" for each in before.provisos if each not in now.provisos]
    lines += [f"+ {each}" for each in now.provisos if each not in before.provisos]
    for line in lines:
        _console.print(f"  {line}")
    if not lines:
        same = before.rulebook == now.rulebook
        _console.print(UNCHANGED if same else f"{UNCHANGED} {OTHER_RULES}")


def _sign(rulebook: Path, programme: str, now: Signed, *, asked: bool) -> None:
    if asked and typer.prompt(f"Underskriv som {now.by}? ja/nej (sign? yes/no)").lower() not in YES:
        _stop("Intet underskrevet (nothing signed).")
    file = sign(rulebook, programme, now)
    _console.print(f"Underskrevet (signed): {file}")


def _counted(var: Path) -> Counts | None:
    cases = open_cases(var)
    if cases is None:
        _console.print("Ingen sager at tælle her (no cases to count here).", style="yellow")
    return cases
