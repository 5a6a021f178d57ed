"""One persona file: what is said about whatever is wrong with it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.library.name_rules import name_problem
from bot.library.persona_file import cast_problems, read_persona
from tests.support.recorded_table import persona
from tests.support.written_files import AINO


@pytest.mark.parametrize(
    ("fields", "field", "says", "fix"),
    [
        ({"name": None}, "name", "null is not a text.", '"name": "Aino"'),
        ({"name": 5}, "name", "5 is not a text.", '"name": "Aino"'),
        ({"name": "  "}, "name", "is empty.", '"name": "Aino"'),
        ({"name": "x" * 81}, "name", "longer than the 80 characters", '"name": "Aino"'),
        ({"name": "Discordia"}, "name", '"discord", which Discord refuses', "Choose another name."),
        ({"full_name": "Bonnie and Clyde"}, "full_name", '"clyde", which Discord refuses', "Choose another name."),
        ({"name": "ＣＬＹＤＥ"}, "name", "which Discord refuses", "Choose another name."),
        ({"name": "Everyone"}, "name", "keeps for itself", "Choose another name."),
        ({"name": "here"}, "name", "keeps for itself", "Choose another name."),
        ({"name": "Moderator"}, "name", "the moderator", "Choose another name."),
        ({"name": "Aino: the 1st"}, "name", "colon", "Choose another name."),
        ({"full_name": "Aino\nVirtanen"}, "full_name", "line break", "Choose another name."),
        ({"name": "\u200b"}, "name", "no letter or digit", "Choose another name."),
        ({"name": "Berg, Ana"}, "name", "comma", "full_name"),
        ({"aliases": "Gretchen"}, "aliases", '"Gretchen" is not a list of texts.', "leave the field out"),
        ({"aliases": ["Gretchen", 3]}, "aliases", "3 is not a text.", "Write a list of other names"),
        ({"aliases": ["Gretchen", " "]}, "aliases", "is empty.", "Write a list of other names"),
        ({"aliases": ["x" * 81]}, "aliases", "is longer than the 80 characters", "Write a list of other names"),
        ({"aliases": [f"n{n}" for n in range(21)]}, "aliases", "is a list of more than 20 names.", "Write a list"),
        ({"aliases": ["Berg, Ana"]}, "aliases", "comma", "full_name"),
        ({"aliases": ["Gretchen", "discord fan"]}, "aliases", 'holds "discord"', "Choose another name."),
        ({"name": "Ana、Berg"}, "name", "comma", "full_name"),
        ({"creativity": 1.7}, "creativity", "1.7 is more than 1.0.", "from 0.0 (dry) to 1.0 (wild)"),
        ({"creativity": -0.1}, "creativity", "-0.1 is less than 0.0.", "from 0.0 (dry) to 1.0 (wild)"),
        ({"creativity": "high"}, "creativity", '"high" is not a number.', "from 0.0 (dry) to 1.0 (wild)"),
        ({"creativity": None}, "creativity", "null is not a number.", "from 0.0 (dry) to 1.0 (wild)"),
        ({"creativity": True}, "creativity", "true", "from 0.0 (dry) to 1.0 (wild)"),
        ({"creativity": float("nan")}, "creativity", "NaN is not a number.", "from 0.0 (dry) to 1.0 (wild)"),
        ({"creativity": 10**400}, "creativity", "1000", "from 0.0 (dry) to 1.0 (wild)"),
        ({"prompt": ""}, "prompt", "is empty.", "Describe the character"),
        ({"prompt": ["a", "b"]}, "prompt", '["a", "b"] is not a text.', "Describe the character"),
        ({"prompt": "half \ud800"}, "prompt", "half a character", "Describe the character"),
        ({"endpoint": "http://127.0.0.1:8000/v1"}, "endpoint", "is not a name.", "ENDPOINT_FAST_BASE_URL"),
        ({"endpoint": 7}, "endpoint", "7 is not a text.", "the name of an endpoint"),
        ({"model": ["a"]}, "model", '["a"] is not a text.', "as its endpoint lists it"),
        ({"extra_body": ["top_p"]}, "extra_body", '["top_p"] is not a JSON object.', '{"top_p": 0.9}'),
        ({"extra_body": {"model": "x"}}, "extra_body", "can't hold “model”", '{"top_p": 0.9}'),
        ({"extra_body": {"top_p": float("inf")}}, "extra_body", "a number that JSON does not have", '{"top_p": 0.9}'),
        ({"omit": ["model"]}, "omit", "names “model”, which can't be left out.", "max_tokens, response_format, stop"),
        ({"omit": 7}, "omit", "7 is not a list of names.", '"omit": ["stop"]'),
        ({"stream": "now"}, "stream", '"now" is neither true nor false.', "Write true or false"),
        ({"layout": "developer"}, "layout", '"developer" is not one of these.', 'Write "user" or "system"'),
        ({"fallback": ["fast one"]}, "fallback", "names “fast one”, which can't be an endpoint's name.", '["fast"]'),
        ({"extrabody": {}}, "extrabody", "is not a field", 'Did you mean "extra_body"?'),
        ({"avatar": "http://example.org/a.png"}, "avatar", "neither an https URL", "Write an https URL"),
        ({"avatar": "https://"}, "avatar", "neither an https URL", "Write an https URL"),
        ({"avatar": "../a.png"}, "avatar", "neither an https URL", "Write an https URL"),
        ({"avatar": "a.bmp"}, "avatar", "neither an https URL", "PNG, JPEG, GIF or WebP"),
        ({"intro": 5}, "intro", "5 is not a text.", "Write one sentence"),
        ({"fullname": "Aino V"}, "fullname", "is not a field", 'Did you mean "full_name"?'),
        ({"Creativity": 0.3}, "Creativity", "is not a field", 'Did you mean "creativity"?'),
        ({"avatar_url": "https://example.org/a.png"}, "avatar_url", "is not a field", 'Did you mean "avatar"?'),
        ({"prompts": "x"}, "prompts", "is not a field", 'Did you mean "prompt"?'),
    ],
)
def test_a_fault_names_file_field_value_and_fix(fields: dict[str, object], field: str, says: str, fix: str):
    persona, problems = read_persona("aino.json", AINO | fields)
    assert persona is None
    (fault,) = problems
    assert (fault.file, fault.field) == ("aino.json", field)
    assert says in fault.value
    assert fix in fault.fix
    assert str(fault).startswith(f"aino.json: {field}: ")


@pytest.mark.parametrize("field", ["name", "full_name", "prompt"])
def test_a_missing_field(field: str):
    _, (fault,) = read_persona("aino.json", {name: value for name, value in AINO.items() if name != field})
    assert (fault.field, fault.value) == (field, "is missing.")
    assert fault.fix


@pytest.mark.parametrize("data", [None, [], [AINO], "Aino", 5, True])
def test_something_else_than_an_object(data: object):
    _, (fault,) = read_persona("aino.json", data)
    assert "does not hold a JSON object" in str(fault)


def test_personas_from_one_place_clash_too():
    personas = [persona("Aino", "Aino V"), persona("Ravi"), persona("Ana", "aino v")]
    (fault,) = cast_problems([("the cast", one) for one in personas])
    assert str(fault) == 'the cast: full_name: "aino v" is also the name in the cast. Rename one of the two.'


def test_what_nobody_sees_is_taken_out_of_aliases():
    found, faults = read_persona("aino.json", AINO | {"aliases": ["Ai\u200bnikki", "\u202eAini\u202c", "می\u200cنا"]})
    assert found is not None
    assert not faults
    assert found.aliases == ("Ainikki", "Aini", "می\u200cنا")


def test_an_alias_that_another_bears_is_a_fault_that_names_both():
    one, other = persona("Otto"), persona("Lena", aliases=["ＯＴＴＯ", "Lenchen"])
    (fault,) = cast_problems([("otto.json", one), ("lena.json", other)])
    assert str(fault) == 'lena.json: aliases: "ＯＴＴＯ" is also a name in otto.json. Leave it out of one of the two.'


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["name", "full_name", "prompt", "creativity", "avatar", "intro", "nmae"]) | st.text(max_size=5),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=9)
        | st.lists(st.integers(), max_size=2),
    )
)
def test_any_object_is_a_persona_or_has_faults(data: dict[str, object]):
    persona, problems = read_persona("any.json", data)
    assert (persona is None) == bool(problems)
    assert all(fault.file and fault.value and fault.fix for fault in problems)
    assert persona is None or name_problem(persona.name) is None


def test_how_its_model_is_asked_is_read_and_kept_with_a_discussion():
    asked = {
        "extra_body": {"top_p": 0.9, "chat_template_kwargs": {"thinking": False}},
        "omit": ["Stop"],
        "stream": True,
        "layout": "system",
        "fallback": "Fast, wise",
    }
    persona, problems = read_persona("aino.json", AINO | asked)
    assert (persona is not None, problems) == (True, [])
    assert persona is not None
    assert persona.extra_body == '{"top_p": 0.9, "chat_template_kwargs": {"thinking": false}}'
    assert (persona.omit, persona.stream, persona.layout) == (("stop",), True, "system")
    assert persona.fallback == ("fast", "wise")
    assert type(persona).model_validate(persona.model_dump(mode="json")) == persona
    assert hash(persona) == hash(persona.model_copy())
