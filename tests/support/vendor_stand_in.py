"""Model servers as their vendors make them: what each refuses, and in which shape it says so. A row a server.

The wordings are ours; codes, names of fields and shapes of bodies are theirs. `Vendor.at` has a scripted endpoint
behave like one of them:

    async with scripted_endpoint() as server:
        VENDORS["Groq: too long"].at(server)
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support.endpoint_stand_in import Answer, ScriptedEndpoint
from tests.support.vendor_overflows import OVERFLOWS
from tests.support.vendor_parameters import ADDED, BOUNDS, PARAMETERS
from tests.support.vendor_refusals import REFUSALS, WAITS
from tests.support.vendor_shapes import Behaviour, always, at_first, within


@dataclass(frozen=True)
class Vendor:
    """`answer` to each request. `check`: what `roundtable check` says of it, after the address, "✓" or "✗" before it.

    `settings`: what the host has set besides the address. `pauses`: what stands in the reason for which a table pauses,
    "" if it runs to its end. `more_calls`: how often at most it is asked beyond once a turn and once for the summary.
    """

    answer: Behaviour
    check: str = "✓ answers with scripted"
    pauses: str = ""
    more_calls: int = 1
    settings: dict[str, Any] = field(default_factory=dict)
    dials: dict[str, Any] = field(default_factory=dict)
    models: Answer | None = None

    def at(self, server: ScriptedEndpoint) -> None:
        """Have a scripted endpoint behave so."""
        server.answer = lambda request: self.answer(request, server) or Answer()
        if self.models is not None:
            server.models = self.models


def _rows() -> Iterable[tuple[str, Vendor]]:
    for name, answer in PARAMETERS.items():
        yield f"{name}: a parameter", Vendor(answer, more_calls=3)
    for name, answer in ADDED.items():
        yield f"{name}: an added parameter", Vendor(answer, settings={"llm_extra_body": {"top_k": 5, "min_p": 0.1}})
    for name, answer in BOUNDS.items():
        yield f"{name}: a bound", Vendor(answer, more_calls=6, dials={"floor": "moderator"})
    for name, refusal in OVERFLOWS.items():
        yield f"{name}: too long", Vendor(within(760, refusal), more_calls=8, dials={"turns": 14})
    for name, answer in WAITS.items():
        yield f"{name}: too fast", Vendor(at_first(answer, times=2), more_calls=3)
    for name, (answer, words) in REFUSALS.items():
        yield f"{name}: refused", Vendor(always(answer), check=f"✗ The LLM endpoint at HOST {words}", pauses=words)


VENDORS: Final = dict(_rows())
