"""The dashboard in deploy/grafana asks only for what /metrics has: a renamed metric would leave a panel empty."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot import metrics

DASHBOARD: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "deploy" / "grafana" / "roundtable.json").read_text(encoding="utf-8")
)
NAME = re.compile(r"\b(?:roundtable|process)_[a-z_]+")
LABELS = re.compile(r"(\b(?:roundtable|process)_[a-z_]+)\{([^}]*)\}")
# What Prometheus itself puts on every sample.
_OF_PROMETHEUS = {"instance", "job"}


def expressions() -> list[str]:
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]


def labels_of_metrics() -> dict[str, set[str]]:
    """By the name of a sample its labels; also of those that nothing was counted in yet."""
    # Those of the process describe themselves only where they can be measured.
    known = {sample.name: set(sample.labels) for family in metrics.REGISTRY.collect() for sample in family.samples}
    for collector in metrics.REGISTRY._collector_to_names:
        labels = set(getattr(collector, "_labelnames", ()))
        for name in metrics.REGISTRY._collector_to_names[collector]:
            known[name] = labels | ({"le"} if name.endswith("_bucket") else set())
    return known


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the process is measured by /proc")
def test_every_metric_that_is_asked_for_exists_with_its_labels() -> None:
    known = labels_of_metrics()
    asked = {name for expression in expressions() for name in NAME.findall(expression)}
    assert asked - known.keys() == set()
    for expression in expressions():
        for name, chosen in LABELS.findall(expression):
            labels = set(re.findall(r"(\w+)\s*[=!]~?", chosen)) - _OF_PROMETHEUS
            assert labels <= known[name], expression
        told = {name for chosen in re.findall(r"by \(([^)]*)\)", expression) for name in re.split(r", ?", chosen)}
        every = {label for name in NAME.findall(expression) for label in known[name]}
        assert told - _OF_PROMETHEUS <= every, expression


def test_every_metric_of_ours_is_on_it() -> None:
    """What is measured is worth to be seen."""
    asked = " ".join(expressions())
    ours = {family.name for family in metrics.REGISTRY.collect() if family.name.startswith("roundtable_")}
    assert [name for name in sorted(ours) if name not in asked] == []


def test_no_two_panels_stand_on_each_other() -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        for x in range(at["x"], at["x"] + at["w"]):
            for y in range(at["y"], at["y"] + at["h"]):
                assert (x, y) not in taken, (panel["title"], taken.get((x, y)))
                taken[x, y] = panel["title"]
    assert max(x for x, _ in taken) < 24


def test_what_is_told_parses() -> None:
    families = {
        family.name: family for family in text_string_to_metric_families(generate_latest(metrics.REGISTRY).decode())
    }
    assert families["roundtable_tables"].type == "gauge"
    assert families["roundtable_post_seconds"].type == "histogram"
    assert [name for name, family in families.items() if not family.documentation] == []
