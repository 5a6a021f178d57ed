"""The endpoints of a process: the default one, those that personas name, and the models personas ask for there."""

import asyncio
from collections.abc import Hashable, Iterable, Mapping

from bot.discussion.model.persona import Persona
from bot.errors import EndpointRefused
from bot.llm.endpoint import Endpoint


class EndpointRegistry:
    """Knows through which endpoint a persona speaks. Close it with `aclose()`."""

    def __init__(
        self, default: Endpoint, named: Mapping[str, Endpoint] | None = None, *, default_is_dummy: bool = False
    ) -> None:
        """`named` by name in lower case. The dummy has one model, whatever personas without an endpoint name."""
        self._default = default
        self._named = dict(named or {})
        self._default_is_dummy = default_is_dummy
        self._own: dict[tuple[str | None, str | None, Hashable], Endpoint] = {}

    @property
    def default(self) -> Endpoint:
        return self._default

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
        if name is None and self._default_is_dummy:
            return endpoint
        return self._as_asked_by(persona, name, model, endpoint)

    def _as_asked_by(self, persona: Persona, name: str | None, model: str | None, endpoint: Endpoint) -> Endpoint:
        """An endpoint with a persona's model and options; the same object for all who ask for the same."""
        options = persona.of_requests
        if model is None and not any(option is not None for option in options):
            return endpoint
        if (name, model, options) not in self._own:
            asked = endpoint if model is None else endpoint.of_model(model)
            self._own[name, model, options] = asked.with_options(endpoint.options.over(persona))
        return self._own[name, model, options]

    def model_of(self, persona: Persona) -> str | None:
        """The name of a persona's model; None if it is not known (yet)."""
        try:
            return self.of(persona).model
        except EndpointRefused:
            return None

    def every(self, personas: Iterable[Persona] = ()) -> list[Endpoint]:
        """All that were opened, the default one first, and those of `personas`' own models. Raises as `of` does."""
        return list(dict.fromkeys([self._default, *self._named.values(), *map(self.of, personas)]))

    async def discover_all(self) -> None:
        """Ask each for its model, so that it can be shown before the first turn. Who does not answer is left out."""
        await asyncio.gather(*(endpoint.discover() for endpoint in self.every()), return_exceptions=True)

    async def aclose(self) -> None:
        await asyncio.gather(*(endpoint.aclose() for endpoint in self.every()))
