"""Files are short and named for what happens or what is asked, never for a role."""

import ast
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from tests.architecture import tree

LONGEST = 300
LONGEST_FUNCTION = 25
PUT_TOGETHER = {
    "services/audit/app.py create_app": "puts the service together, in the order of its ending",
    "services/referrals/app.py create_app": "puts the service together, in the order of its ending",
    "services/referrals/api/showing.py shown": "puts the answer together, a line for each field",
    "shared/serving/ground.py ground": "opens what it closes in the opposite order, in one block",
}
"""Functions that may be longer, and why: they decide nothing and only put parts together."""
NAMES_OF_ROLES = {
    "base",
    "common",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "model",
    "models",
    "service",
    "util",
    "utils",
}


def too_long(path: Path, text: str) -> Iterator[str]:
    """Give the file when it has outgrown what one can take in."""
    if (lines := text.count("\n")) > LONGEST:
        yield f"{path} has {lines} lines: split it by meaning"


def too_long_inside(path: Path, module: ast.Module) -> Iterator[str]:
    """Give every function with more lines than one takes in at a look, and how many it has.

    Lines are counted from the first statement to the last; its own docstring is none.
    """
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines > LONGEST_FUNCTION:
                yield f"{path} {node.name} has {lines} lines: split it by meaning"


def unexcused(breaches: Iterable[str], excused: Collection[str]) -> Iterator[str]:
    """Give the breaches that nobody has excused, and the excuses that nothing needs."""
    found = [(" ".join(breach.split()[:2]), breach) for breach in breaches]
    yield from (breach for name, breach in found if name not in excused)
    yield from (f"{name} needs no excuse" for name in excused if name not in dict(found))


def named_for_roles(paths: Iterable[Path]) -> list[str]:
    """Give every path with a file or folder that is named for a role."""
    return [str(path) for path in paths if NAMES_OF_ROLES & {*path.parts[:-1], path.stem}]


def swallowed(path: Path, module: ast.Module) -> Iterator[str]:
    """Give every place where a fault is caught and nothing is done about it."""
    for node in ast.walk(module):
        if isinstance(node, ast.ExceptHandler) and all(_says_nothing(line) for line in node.body):
            yield f"{path}:{node.lineno} catches and does nothing"
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            caught = {ast.unparse(argument) for argument in node.args}
            if caught & {"Exception", "BaseException"}:
                yield f"{path}:{node.lineno} suppresses everything"


def _says_nothing(line: ast.stmt) -> bool:
    constant = isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    return constant or isinstance(line, ast.Pass)


def test_no_file_is_long() -> None:
    """A file is at most 300 lines, tests included."""
    paths = tree.code("benchmarks", "services", "shared", "tests")
    tree.keep(each for path in paths for each in too_long(path, tree.text(path)))


def test_a_long_file_is_seen() -> None:
    """The limit is met by 300 lines and broken by 301."""
    assert list(too_long(Path("a.py"), "x = 1\n" * 300)) == []
    assert list(too_long(Path("a.py"), "x = 1\n" * 301)) != []


def test_no_function_is_long() -> None:
    """A function is at most 25 lines below its docstring; few excuses count, each with a reason."""
    paths = tree.code("services", "shared")
    found = [each for path in paths for each in too_long_inside(path, tree.parsed(path))]
    tree.keep(unexcused(found, PUT_TOGETHER))
    assert len(PUT_TOGETHER) <= 5


def test_a_long_function_is_seen() -> None:
    """25 lines below a docstring are few enough, 26 are not, wherever the function stands."""
    for kind, count in (("def", 25), ("def", 26), ("async def", 26)):
        below = '        """It is.\n\n        So.\n        """\n' + "        x = 1\n" * count
        planted = f"class A:\n    {kind} f(\n        self,\n    ):\n{below}"
        found = list(too_long_inside(Path("a.py"), ast.parse(planted)))
        assert found == ["a.py f has 26 lines: split it by meaning"] * (count > LONGEST_FUNCTION)
    outer = "def g():\n    def f():\n" + "        x = 1\n" * 25
    assert [each.split()[1] for each in too_long_inside(Path("a.py"), ast.parse(outer))] == ["g"]
    assert list(too_long_inside(Path("a.py"), ast.parse('def f():\n    """Only said."""\n'))) == []


def test_an_excuse_is_for_what_is_long() -> None:
    """What is excused is let through, anything else is not, and an excuse too many is seen."""
    breaches = ["a.py f has 26 lines", "a.py g has 27 lines"]
    assert list(unexcused(breaches, ["a.py f", "a.py g"])) == []
    assert list(unexcused(breaches, ["a.py f"])) == breaches[1:]
    assert list(unexcused(breaches[:1], ["a.py f", "a.py g"])) == ["a.py g needs no excuse"]


def test_no_file_is_named_for_a_role() -> None:
    """A name says what is inside: never utils, helpers, base, common, service, models, manager."""
    tree.keep(named_for_roles(tree.code("benchmarks", "services", "shared", "tests")))


def test_a_name_of_a_role_is_seen() -> None:
    """Both a file and a folder can be badly named."""
    bad = [Path("shared/utils.py"), Path("services/referrals/common/clock.py")]
    assert named_for_roles([*bad, Path("services/referrals/wiring.py")]) == [
        str(path) for path in bad
    ]


def test_no_fault_is_swallowed() -> None:
    """Whoever catches a fault does something about it."""
    paths = tree.code("benchmarks", "services", "shared", "tests")
    tree.keep(each for path in paths for each in swallowed(path, tree.parsed(path)))


def test_a_swallowed_fault_is_seen() -> None:
    """Silence is found, whether it is a pass, an ellipsis or the suppressing of everything."""
    planted = """
try: a()
except OSError: pass
try: a()
except OSError: ...
try: a()
except OSError: b()
with contextlib.suppress(Exception): a()
with contextlib.suppress(KeyError): a()
"""
    assert [each.split()[0] for each in swallowed(Path("a.py"), ast.parse(planted))] == [
        "a.py:3",
        "a.py:5",
        "a.py:8",
    ]
