"""The discussion and the sessions speak of no platform: the stage and the front end have its words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "bot"
# Sessions know that turns are shown in another way than the bot's own messages.
PLATFORM_WORDS = {
    "discussion": ("discord", "webhook", "/roundtable", "-#", "embed"),
    "sessions": ("discord", "/roundtable", "-#", "embed"),
}
MODULES = [(room, module) for room in PLATFORM_WORDS for module in sorted((ROOT / room).rglob("*.py"))]

# What is taken out of a model's text has to be named: the marks of headings, the addresses of invites.
TAKEN_OUT = {("layout.py", "_HEADING"), ("links.py", "_INVITE")}

WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def words_of(tree: ast.Module) -> Iterator[str]:
    """Every name and every text in a module, but for its docstrings."""
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, WITH_DOCSTRING) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and id(node) not in told:
                yield node.value
        else:
            # Names of variables, attributes, functions, classes, parameters, imports.
            yield from (value for _, value in ast.iter_fields(node) if isinstance(value, str))


def platform_words(source: str, room: str = "discussion", *, less: frozenset[str] = frozenset()) -> list[str]:
    """What a module says of a platform, but for the constants that may."""
    tree = ast.parse(source)
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in less)
    ]
    return [word for word in words_of(tree) if any(platform in word.lower() for platform in PLATFORM_WORDS[room])]


@pytest.mark.parametrize(("room", "module"), MODULES, ids=lambda part: part if isinstance(part, str) else part.stem)
def test_no_name_and_no_text_is_of_a_platform(room: str, module: Path):
    may = frozenset(constant for name, constant in TAKEN_OUT if name == module.name)
    assert platform_words(module.read_text(encoding="utf-8"), room, less=may) == []


def test_what_may_name_a_platform_still_does():
    for name, constant in TAKEN_OUT:
        (module,) = ROOT.rglob(name)
        source = module.read_text(encoding="utf-8")
        assert len(platform_words(source)) == 1, f"{constant} in {name} needs no exception"


def test_names_and_texts_are_looked_at_and_docstrings_are_not():
    source = (
        '"""Of Discord."""\nimport x as webhooks\ndef f(embeds):\n    """Discord."""\n    return f"{x} /roundtable go"'
    )
    assert platform_words(source) == ["webhooks", "embeds", " /roundtable go"]
