"""How many turns a table's own limits leave it: an estimate, told before it begins."""

from typing import Final

from bot.discussion.model.record import Session
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.prompts.prompt import in_prompt, preamble
from bot.errors import EndpointRefused
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.composing.compose import HIGH_WATERMARK
from bot.sessions.composing.limits import Limits, tokens_in
from bot.sessions.composing.requests import SUMMARY_TURNS

# Of three sentences, as the usual rules ask for, and the name before them. The embedded dummy has about 40, models that
# are fond of their own voice 90 and more.
TURN_TOKENS: Final = 50
_WORDS: Final = 40
# What a cue takes, in characters.
_CUE: Final = 400
# One turn in twenty is asked for once more.
_CALLS: Final = 1.05


def turns_within(
    limits: Limits, session: Session, *, max_tokens: int, ratio: float, thinking: int = 0, window: int | None = None
) -> int | None:
    """How many of its turns a table will have had when a limit of a table ends it, all of them where only calls behind
    its turns (its format's votes) are cut off; None if none does.

    In: the most tokens of a turn, characters a token, the tokens that each answer gets to think with, and the model's
    window in tokens. What a prefix cache spares is counted as used, as everywhere.
    """
    fixed = tokens_in(len(preamble(session)) + _CUE, ratio)
    answer = min(TURN_TOKENS, max_tokens)
    choosing = session.dials.floor == "moderator"
    minutes = session.dials.pause_after(_WORDS) / 60
    others = format_of(session).other_calls(session)
    transcript = tokens_in(len(in_prompt(session.task.questions[0])), ratio)
    # What is written down before the first turn, at the same time.
    used = others.before * _CALLS * (fixed + transcript + answer)
    transcript += others.told * answer
    for spoken in range(session.dials.turns):
        prompt = fixed + transcript
        # What `limits.check` keeps back: the turn at its longest, and the summary behind it.
        kept = 2 * (prompt + thinking) + max_tokens * (1 + SUMMARY_TURNS)
        if limits.session_tokens and used + kept > limits.session_tokens:
            return spoken
        if limits.session_minutes and spoken * minutes >= limits.session_minutes:
            return spoken
        used += _CALLS * (prompt + answer) + choosing * prompt
        transcript += answer
        if window and fixed + transcript > HIGH_WATERMARK * window:
            transcript = max(0, window - fixed) // 2  # a compaction
    prompt = fixed + transcript
    behind = others.behind * _CALLS * prompt + prompt + thinking + max_tokens * SUMMARY_TURNS
    # No time passes between the last turn and these.
    is_cut = others.behind and limits.session_tokens and used + behind > limits.session_tokens
    return session.dials.turns if is_cut else None


def expected_turns(limits: Limits, session: Session, endpoints: EndpointRegistry, *, max_tokens: int) -> int | None:
    """The same, by what is known of the model through which the first of the cast speaks."""
    try:
        endpoint = endpoints.of(session.cast[0])
    except EndpointRefused:
        endpoint = endpoints.default
    return turns_within(
        limits,
        session,
        max_tokens=max_tokens,
        ratio=endpoint.ratio_for(preamble(session)),
        thinking=endpoint.thinking,
        window=endpoint.window,
    )
