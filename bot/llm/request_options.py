"""What hosts and persona files want changed in the requests for answers, applied to one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final, Self

from bot.discussion.model.model_options import ModelOptions
from bot.discussion.text.json_object import merged, read_json_object

# Without it a streamed answer does not say what it cost. A server that does not take it is asked without.
_STREAM_OPTIONS: Final[Mapping[str, Any]] = {"include_usage": True}


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """How a model is asked. Without any: one user message, read in one piece."""

    extra_bodies: tuple[Mapping[str, Any], ...] = ()
    """Further parameters, laid over each other in this order: null takes one of those below out."""
    omit: frozenset[str] = frozenset()
    stream: bool = False
    has_system_message: bool = False
    """Whether what a prompt begins with, the same from turn to turn, is a system message before the rest."""

    def over(self, options: ModelOptions) -> Self:
        """These, with what is set in `options` in their place; its extra_body laid over the one of these."""
        body = [read_json_object(options.extra_body, example="{}")] if options.extra_body else []
        return type(self)(
            extra_bodies=(*self.extra_bodies, *body),
            omit=self.omit if options.omit is None else frozenset(options.omit),
            stream=self.stream if options.stream is None else options.stream,
            has_system_message=self.has_system_message if options.layout is None else options.layout == "system",
        )

    def messages(self, prompt: str, preamble: str) -> list[dict[str, str]]:
        """The messages of a request. `preamble`: what the prompt begins with, "" where nothing stays the same."""
        rest = prompt.removeprefix(preamble)
        if not (self.has_system_message and preamble.strip() and rest.strip()):
            return [{"role": "user", "content": prompt}]
        return [{"role": "system", "content": preamble.rstrip()}, {"role": "user", "content": rest.lstrip("\n")}]

    def applied(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A request as it is to be sent. A `temperature` of a host's own stands in the place of the persona's."""
        streaming = {"stream": True, "stream_options": dict(_STREAM_OPTIONS)} if self.stream else {}
        wanted = reduce(merged, self.extra_bodies, {**request, **streaming})
        return {name: value for name, value in wanted.items() if name not in self.omit}

    @property
    def in_words(self) -> list[str]:
        """What is set, a phrase each, for whoever hosts the bot; of values only those that can't be secret."""
        added = list(reduce(merged, self.extra_bodies, {}))
        return [
            *([f"adds {', '.join(added)}"] if added else []),
            *([f"never sends {', '.join(sorted(self.omit))}"] if self.omit else []),
            *(["streams"] if self.stream else []),
            *(["has a system message"] if self.has_system_message else []),
        ]


AS_USUAL: Final = RequestOptions()
