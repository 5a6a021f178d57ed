"""Which endpoints are the host's own, and which are somebody else's on the internet."""

import pytest

from bot.llm.own_network import hosts_away, is_at_home


@pytest.mark.parametrize(
    ("base_url", "at_home"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://10.1.2.3/v1", True),
        ("http://192.168.0.7/v1", True),
        ("http://172.20.0.2/v1", True),
        ("http://100.64.0.9/v1", True),  # between the machines of a provider or a VPN
        ("http://[fd00::5]/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://vllm:8000/v1", True),  # a container's name
        ("http://host.docker.internal:1234/v1", True),
        ("http://gpu.lan/v1", True),
        ("http://gpu.home.arpa./v1", True),
        ("http://localhost.localdomain:8000/v1", True),
        ("http://gpu.tail1234.ts.net/v1", True),
        ("http://127.1:8000/v1", True),
        ("http://[::ffff:192.168.0.7]/v1", True),
        ("http://134744072/v1", False),  # 8.8.8.8, as a resolver reads it
        ("http://[::ffff:8.8.8.8]/v1", False),
        ("https://api.example.org/v1", False),
        ("https://user:secret@API.example.org:8443/v1", False),
        ("https://9.9.9.9/v1", False),
        ("https://[2620:fe::fe]/v1", False),
        ("https://internal.example.org/v1", False),
    ],
)
def test_what_is_at_home(base_url: str, at_home: bool) -> None:
    assert is_at_home(base_url) is at_home


def test_each_machine_away_is_named_once_and_without_what_is_secret() -> None:
    away = ["https://user:secret@api.example.org/v1", "http://vllm:8000/v1", "https://api.example.org/v2?key=hush"]
    assert hosts_away([*away, "https://b.example/"]) == ["api.example.org", "b.example"]
