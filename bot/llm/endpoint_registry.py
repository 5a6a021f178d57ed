"""The endpoints of a process: the default one, those that personas name, and the models personas ask for there."""

import asyncio
from collections.abc import Hashable, Iterable, Mapping, Sequence

from bot.discussion.model.persona import Persona
from bot.endpoint_settings import DEFAULT_ENDPOINT
from bot.errors import EndpointRefused
from bot.llm.endpoint import Endpoint
from bot.llm.fallback import EndpointChain, Health


class EndpointRegistry:
    """Knows through which endpoint a persona speaks. Close it with `aclose()`."""

    def __init__(
        self,
        default: Endpoint,
        named: Mapping[str, Endpoint] | None = None,
        *,
        default_is_dummy: bool = False,
        fallback: Mapping[str | None, Sequence[str]] | None = None,
    ) -> None:
        """`named` by name in lower case. The dummy has one model, whatever personas without an endpoint name.

        `fallback`: for an endpoint (None: the default one) the names of those that speak in its place when it fails.
        """
        self._default = default
        self._named = dict(named or {})
        self._default_is_dummy = default_is_dummy
        self._fallback = dict(fallback or {})
        self._health = Health()
        self._chains: dict[tuple[Endpoint, ...], EndpointChain] = {}
        self._own: dict[tuple[str | None, str | None, Hashable], Endpoint] = {}

    @property
    def default(self) -> Endpoint:
        return self._default

    @property
    def by_name(self) -> dict[str, Endpoint]:
        """Those of the settings by their names, the default one first."""
        return {DEFAULT_ENDPOINT: self._default, **self._named}

    def of(self, persona: Persona) -> Endpoint:
        """Where a persona's turns are written. Raises EndpointRefused if the settings have no endpoint of that name."""
        name, model = persona.endpoint, persona.model
        endpoint = self._default if name is None else self._named.get(name)
        if endpoint is None:
            raise EndpointRefused(
                f"{persona.name} speaks through the endpoint “{name}”, which is not in the settings any more. "
                f"Whoever hosts the bot can set ENDPOINT_{str(name).upper()}_BASE_URL again; "
                f"without {persona.name} at the table it can be resumed at once."
            )
        return self._as_asked_by(persona, name, model, endpoint)

    @property
    def default_chain(self) -> EndpointChain:
        """The default endpoint and who speaks in its place when it fails."""
        return self._chain(None, self._default, self._fallback.get(None, ()), None)

    def chain_of(self, persona: Persona) -> EndpointChain:
        """Where a persona's turns are written, and where instead when that fails. Raises as `of` does."""
        own = self._fallback.get(persona.endpoint, ()) if persona.fallback is None else persona.fallback
        return self._chain(persona.endpoint, self.of(persona), own, persona)

    def fallbacks_of(self, endpoint: Endpoint) -> tuple[str, ...]:
        """The names of those that speak in the place of an endpoint of the settings when it fails."""
        name = next((name for name, named in self._named.items() if named is endpoint), None)
        return tuple(self._fallback.get(name, ())) if name or endpoint is self._default else ()

    def _chain(
        self, name: str | None, first: Endpoint, fallback: Iterable[str], persona: Persona | None
    ) -> EndpointChain:
        members = {first: name or DEFAULT_ENDPOINT}
        for other in fallback:
            # A name that is no longer in the settings, in a discussion from before, is passed over.
            key = None if other == DEFAULT_ENDPOINT and other not in self._named else other
            if (endpoint := self._default if key is None else self._named.get(key)) is not None:
                members.setdefault(self._as_asked_by(persona, key, None, endpoint) if persona else endpoint, other)
        chain = tuple(members)
        if chain not in self._chains:
            self._chains[chain] = EndpointChain([(name, endpoint) for endpoint, name in members.items()], self._health)
        return self._chains[chain]

    def _as_asked_by(self, persona: Persona, name: str | None, model: str | None, endpoint: Endpoint) -> Endpoint:
        """An endpoint with a persona's model and options; the same object for all who ask for the same."""
        options = persona.of_requests
        is_dummy = name is None and self._default_is_dummy
        if is_dummy or (model is None and not any(option is not None for option in options)):
            return endpoint
        if (name, model, options) not in self._own:
            asked = endpoint if model is None else endpoint.of_model(model)
            self._own[name, model, options] = asked.with_options(endpoint.options.over(persona))
        return self._own[name, model, options]

    def model_of(self, persona: Persona, *, instead: str | None = None) -> str | None:
        """The name of a persona's model; None if it is not known (yet). `instead`: that of the endpoint which stood in
        for its own."""
        if instead is not None:
            is_default = instead == DEFAULT_ENDPOINT and instead not in self._named
            persona = persona.model_copy(update={"endpoint": None if is_default else instead, "model": None})
        try:
            return self.of(persona).model
        except EndpointRefused:
            return None

    def every(self, personas: Iterable[Persona] = ()) -> list[Endpoint]:
        """All that were opened, the default one first, and those of `personas`' own models. Raises as `of` does."""
        return list(dict.fromkeys([self._default, *self._named.values(), *map(self.of, personas)]))

    def forget_troubles_but_of(self, personas: Iterable[Persona]) -> None:
        """Nobody else than these speaks any more: what was wrong with other models is forgotten."""
        speaking = list(personas)
        for name, endpoint in self.by_name.items():
            own = {p.model for p in speaking if (p.endpoint or DEFAULT_ENDPOINT) == name}
            endpoint.record.forget_all_but({None, endpoint.model, *own})

    async def discover_all(self) -> None:
        """Ask each for its model, so that it can be shown before the first turn. Who does not answer is left out."""
        await asyncio.gather(*(endpoint.discover() for endpoint in self.every()), return_exceptions=True)

    async def aclose(self) -> None:
        await asyncio.gather(*(endpoint.aclose() for endpoint in self.every()))
