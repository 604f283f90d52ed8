"""Every policy of the rulebook, broken on purpose, one at a time: the matrix sees that it is wrong.

A policy is broken twice: taken away, and without any condition, so that it counts for everybody.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

import pytest

from shared.rulebook.cedar import statements
from shared.rulebook.content import Rulebook, parse
from tests.access import everybody as every
from tests.access.differing import differs

How = Literal["taken away", "for everybody"]
WAYS: Final[tuple[How, ...]] = get_args(How)
CONDITIONS: Final = r"\bwhen\s*\{.*\}|(?<=principal) == \w+::\S+?(?=[,)])|(?<=resource) == [^)]+"
FORBIDDEN: Final = "oversight-changes-nothing and councils-know-no-case forbid it to all others"
DOUBLES: Final = "no permit gives what it forbids: it stands there for a permit written tomorrow"
UNSEEN: Final[Mapping[tuple[str, How], str]] = {
    ("party-changes-case", "for everybody"): FORBIDDEN,
    ("party-reveals-address", "for everybody"): FORBIDDEN,
    ("leader-approves", "for everybody"): f"{FORBIDDEN}; of other officers the law is silent",
    ("colleague-breaks-glass", "for everybody"): f"{FORBIDDEN}, and two where it is secret",
    (
        "oversight-oversees",
        "for everybody",
    ): "the audit's doors refuse who does not oversee as well",
    ("leader-reviews-glass", "taken away"): "whether a leader reviews, the law leaves open",
    ("dpo-answers-citizen", "taken away"): "whether insight is given here, the law leaves open",
    ("no-party-no-case", "taken away"): DOUBLES,
    ("glass-holds-where-secret", "taken away"): DOUBLES,
    ("secret-content-closed-to-oversight", "taken away"): DOUBLES,
    ("oversight-changes-nothing", "taken away"): DOUBLES,
    ("councils-know-no-case", "taken away"): DOUBLES,
}
"""What nobody can notice, and why; as soon as somebody can, it has to go from here."""


def policies() -> Mapping[str, tuple[str, str]]:
    """Give every policy by its id: the file it stands in, and its text."""
    files: Any = every.rulebook().content["policies"]
    found = {}
    for name, text in files["files"].items():
        for statement in statements(text):
            (policy,) = re.findall(r'@id\("([^"]+)"\)', statement.text)
            found[policy] = (name, statement.text)
    return found


def broken(policy: str, how: How) -> Rulebook:
    """Give the rulebook with one policy broken."""
    content: Any = every.rulebook().content
    name, text = policies()[policy]
    left = "" if how == "taken away" else re.sub(CONDITIONS, "", text, flags=re.DOTALL)
    assert left != text
    files = content["policies"]["files"]
    assert files[name].count(text) == 1
    changed = {**files, name: files[name].replace(text, left)}
    return parse({**content, "policies": {**content["policies"], "files": changed}})


EACH: Final = [(policy, how) for policy in policies() for how in WAYS]


@pytest.mark.parametrize(("policy", "how"), EACH)
def test_a_broken_policy_is_caught(policy: str, how: How, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever policy is wrong, and whichever way, the platform's answers leave the law's."""
    rules = broken(policy, how)
    monkeypatch.setattr(every, "rulebook", lambda: rules)
    assert any(differs(space) for space in every.PROGRAMMES) is ((policy, how) not in UNSEEN)


def test_what_is_not_broken_is_not_caught() -> None:
    """The same comparison finds nothing where the policies are as shipped."""
    assert not any(differs(space) for space in every.PROGRAMMES)


def test_every_policy_is_held_by_something() -> None:
    """None is unseen both ways: taken away, or for everybody, its breaking is noticed."""
    assert set(UNSEEN) <= set(EACH)
    assert {policy for policy, how in EACH if (policy, how) not in UNSEEN} == set(policies())
