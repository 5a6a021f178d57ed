"""What was deleted stands in no cache."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import cast

import pytest

import bot.discussion
from bot.discussion.model.record import Turn
from bot.discussion.moderation.steps import Speak
from bot.discussion.prompts.prompt import build_prompt
from bot.discussion.replies.guards import objection
from bot.discussion.replies.reply import Reply
from bot.discussion.text.text_caches import TURN_TEXT_CACHES, TextCache
from tests.support.recorded_table import RecordedTable, table_of

SECRET = "My address is 5 Mill Lane."

# Caches that never see a turn: their texts are those of personas and tasks, which stand in files.
OF_CAST_AND_TASK = {
    "mentions._finder": "the forms of the cast's names",
    "name_forms._callers": "the forms of the cast's names",
    "name_forms._parts": "the forms of the cast's names",
    "prompt._preamble": "context, rules and character cards",
    "claims._forms": "the forms of the table's names",
    "search_words._common_words": "words that any text of a language has",
}


def caches() -> Iterator[tuple[str, TextCache]]:
    """Every cached function of the discussion, in modules and classes, with a name."""
    for module_info in pkgutil.walk_packages(bot.discussion.__path__, "bot.discussion."):
        module = importlib.import_module(module_info.name)
        classes = [c for c in vars(module).values() if inspect.isclass(c) and c.__module__ == module.__name__]
        for holder in [module, *classes]:
            for name, value in vars(holder).items():
                is_cache = hasattr(value, "cache_info") and not inspect.isclass(value)
                if is_cache and value.__module__ == module.__name__:
                    yield f"{module.__name__.rpartition('.')[2]}.{name}", cast(TextCache, value)


ALL = dict(caches())


def held(cache: TextCache) -> int:
    return cache.cache_info().currsize


@pytest.fixture
def table() -> RecordedTable:
    """A table at which a guest has said what is no longer to be known."""
    table = table_of("Ada", "Ben")
    table.guest(SECRET)
    return table


def put_through(cache: TextCache, turn: Turn) -> None:
    """Have a cache hold a turn's text: every parameter that takes a text gets it, or a set with it."""
    given = {str: turn.text, frozenset[str]: frozenset({turn.text})}
    parameters = inspect.signature(cache).parameters.values()
    cache(*(given.get(parameter.annotation, 3) for parameter in parameters))


@pytest.mark.parametrize("cache", TURN_TEXT_CACHES, ids=lambda cache: cache.__name__)
def test_what_is_deleted_leaves_every_cache_of_turn_texts(table: RecordedTable, cache: TextCache):
    turn = table.record.turns[-1]
    put_through(cache, turn)
    assert held(cache)
    table.record.amend(turn.seq, text="")
    assert not held(cache)


@pytest.mark.parametrize("name", sorted(ALL.keys() - OF_CAST_AND_TASK.keys()))
def test_every_cache_is_registered_or_holds_only_texts_of_the_cast_and_the_task(name: str):
    assert ALL[name] in TURN_TEXT_CACHES


def test_the_list_of_other_caches_is_true():
    assert OF_CAST_AND_TASK.keys() <= ALL.keys()


def test_after_a_deletion_a_turns_whole_way_has_left_nothing_behind(table: RecordedTable):
    """Prompt, guards and all: what the discussion itself puts into caches is gone, too."""
    step = table.step
    assert isinstance(step, Speak)
    prompt = build_prompt(table.session, table.record, step.persona, step.cue)
    objection(Reply("Well.", ()), table.session, table.record, step.persona, cue=prompt.tail, summary=False)
    assert sum(map(held, TURN_TEXT_CACHES)) > 3
    table.record.amend(table.record.last_seq, text="")
    assert [name for name, cache in ALL.items() if held(cache) and name not in OF_CAST_AND_TASK] == []


def test_a_record_that_was_looked_through_holds_no_words_of_before():
    table = RecordedTable()
    table.say("Ravi", "Kim asked me.")
    assert [turn.text for turn in table.record.persona_turns()] == ["Kim asked me."]
    table.record.amend(1, text="Someone asked me.")
    assert [turn.text for turn in table.record._of_personas] == ["Someone asked me."]
