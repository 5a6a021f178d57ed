"""What the metrics of this process say: several tests count in the same ones, so each asks what its own part added."""

from collections.abc import Callable

from bot import metrics


def measured(name: str, **labels: str) -> float:
    """A sample's value now; 0 if it was never counted. `name` as /metrics has it."""
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


def since_now(name: str, **labels: str) -> Callable[[], float]:
    """What tells by how much a sample has grown since."""
    before = measured(name, **labels)
    return lambda: measured(name, **labels) - before
