"""The commands keep to Discord's limits, and docs/commands.md lists them as they are.

https://docs.discord.com/developers/interactions/application-commands
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.support.command_list import PAGE, command_list, command_payloads, within

# Of all names, descriptions and values of a command together. Discord's page says 8,000 now; it said 4,000 for years,
# and libraries still do.
COMBINED: Final = 4_000
NAME: Final = 32
DESCRIPTION: Final = 100
CHOICE: Final = 100
# Options of a command, subcommands of a group, choices of an option.
ENTRIES: Final = 25
# By the type of command: typed, in a member's menu, in a message's menu. The last two were 5 for years, and are 15 now.
OF_A_TYPE: Final = {1: 100, 2: 5, 3: 5}
TYPED: Final = 1
GROUPS: Final = (1, 2)  # the types of options that are subcommands and groups of them
NAMES: Final = re.compile(r"[-_'\w]{1,32}")

Payload = dict[str, Any]


def parts_of(command: Payload) -> Iterator[Payload]:
    """A command with all its subcommands and options."""
    yield command
    for option in command.get("options", ()):
        yield from parts_of(option)


def longest(part: Payload, field: str) -> int:
    """Of a field and its translations only the longest counts."""
    return max(map(len, [part.get(field) or "", *(part.get(f"{field}_localizations") or {}).values()]))


def combined(command: Payload) -> int:
    parts = [*parts_of(command)]
    choices = [choice for part in parts for choice in part.get("choices", ())]
    texts = sum(longest(part, "name") + longest(part, "description") for part in parts)
    return texts + sum(longest(choice, "name") + len(str(choice["value"])) for choice in choices)


def broken_limits(payloads: list[Payload]) -> Iterator[str]:
    """A sentence for each limit that a command does not keep."""
    for kind, number in Counter(payload["type"] for payload in payloads).items():
        if number > OF_A_TYPE[kind]:
            yield f"{number} commands of the type {kind}, of {OF_A_TYPE[kind]}"
    for command in payloads:
        if (size := combined(command)) > COMBINED:
            yield f"{command['name']} has {size} characters, of {COMBINED}"
        for part in parts_of(command):
            yield from _broken_by(part, f"{command['name']}: {part['name']}", is_typed=command["type"] == TYPED)


def _broken_by(part: Payload, where: str, *, is_typed: bool) -> Iterator[str]:
    options, choices = part.get("options", []), part.get("choices", [])
    if longest(part, "name") > NAME or (is_typed and not NAMES.fullmatch(part["name"])):
        yield f"{where}: the name"
    if is_typed and not 1 <= longest(part, "description") <= DESCRIPTION:
        yield f"{where}: the description has {longest(part, 'description')} characters, of {DESCRIPTION}"
    if max(len(options), len(choices)) > ENTRIES:
        yield f"{where}: {max(len(options), len(choices))} entries, of {ENTRIES}"
    if len({option["name"] for option in options}) < len(options):
        yield f"{where}: two of one name"
    if [o.get("required", False) for o in options] != sorted((o.get("required", False) for o in options), reverse=True):
        yield f"{where}: a needed option behind one that is not"
    for choice in choices:
        if not (1 <= longest(choice, "name") <= CHOICE and len(str(choice["value"])) <= CHOICE):
            yield f"{where}: the choice {choice['name']}"


async def test_every_command_keeps_to_the_limits() -> None:
    payloads = await command_payloads()
    assert len(payloads) > 1
    assert list(broken_limits(payloads)) == []


def typed(**fields: object) -> Payload:
    return {"type": TYPED, "name": "x", "description": "y"} | fields


def option(**fields: object) -> Payload:
    return {"type": 3, "name": "o", "description": "p"} | fields


@pytest.mark.parametrize(
    ("payloads", "broken"),
    [
        ([typed(options=[option(name=f"o{n}", description="d" * 90) for n in range(25)])], 0),
        ([typed(options=[option(name=f"o{n}") for n in range(26)])], 1),
        ([typed(options=[{**typed(name="s"), "options": [option(choices=[{"name": "c" * 101, "value": 1}])]}])], 1),
        ([typed(options=[option(choices=[{"name": str(n), "value": n} for n in range(26)])])], 1),
        ([typed(options=[option(), option(name="q", required=True)])], 1),
        ([typed(options=[option(), option()])], 1),
        ([typed(description="")], 1),
        ([typed(description="d" * 101)], 1),
        ([typed(description_localizations={"fi": "d" * 101})], 1),
        ([typed(name="Big Name")], 1),
        ([{"type": 3, "name": "Big Name"}], 0),
        ([{"type": 3, "name": f"n{n}"} for n in range(6)], 1),
        ([typed(options=[typed(name=f"s{n}", options=[option(description="d" * 100)]) for n in range(25)])], 0),
        (
            [
                typed(
                    options=[
                        typed(name=f"s{n}", options=[option(name=f"o{m}", description="d" * 99) for m in range(4)])
                        for n in range(10)
                    ]
                )
            ],
            1,
        ),
    ],
)
def test_each_limit_is_seen(payloads: list[Payload], broken: int) -> None:
    assert len(list(broken_limits(payloads))) == broken


def test_names_descriptions_and_values_are_added_up_and_the_longest_translation_counts() -> None:
    choices = [{"name": "four", "value": "ab"}, {"name": "x", "value": 12, "name_localizations": {"fi": "kuusi!"}}]
    inner = option(name="opt", description="12345", choices=choices)
    command = typed(
        name="abc", description="defg", description_localizations={"de": "defghi", "fi": "d"}, options=[inner]
    )
    assert combined(command) == 3 + 6 + 3 + 5 + 4 + 2 + 6 + 2


async def test_the_page_lists_every_command_and_option_as_it_is() -> None:
    listed = command_list(await command_payloads())
    assert within(PAGE.read_text(encoding="utf-8")) == listed, "run `make docs`"
    assert "| `/roundtable start` | Open a table" in listed
    assert "`turns` (1 to 200): How many turns before the summary" in listed
    assert "`floor` (`natural`, `round_robin`, `random`, `moderator`): Who speaks next" in listed
    assert "*Ask this persona*" in listed


def test_how_a_command_is_listed() -> None:
    listed = command_list(
        [
            typed(
                name="persona",
                default_member_permissions="32",
                options=[
                    typed(
                        name="create",
                        description="Make | one",
                        options=[
                            option(name="face", type=11, required=True),
                            option(name="name", max_length=80),
                            option(name="size", type=4, min_value=1),
                            option(name="how", choices=[{"name": "So: and so", "value": "so"}]),
                        ],
                    ),
                    {"type": 2, "name": "of", "description": "z", "options": [typed(name="mine")]},
                ],
            ),
            typed(name="single"),
            {"type": 3, "name": "Remove turn", "default_member_permissions": "8192"},
        ]
    )
    assert listed.splitlines() == [
        "**`/persona`**: y (needs Manage Server)",
        "",
        "| command | what it does | options |",
        "| --- | --- | --- |",
        "| `/persona create` | Make \\| one | `face` (needed, a file): p<br>`name` (up to 80 characters): p<br>"
        "`size` (at least 1): p<br>`how` (`so`): p |",
        "| `/persona of mine` | y |  |",
        "",
        "**`/single`**: y",
        "",
        "| command | what it does | options |",
        "| --- | --- | --- |",
        "| `/single` | y |  |",
        "",
        "In the menu of a message, under *Apps*: *Remove turn* (needs Manage Messages).",
    ]
