"""One AutoGen RoundRobinGroupChat among our personas. Runs on the Python of `bench/peers/venv.py`, not on ours.

    .venv-peers/bin/python bench/peers/autogen_chat.py --base-url URL --model NAME --personas DIR --task DIR --turns N

Prints one JSON object:

    peer        its name and version
    turns       [{speaker, text, wall_ms, cpu_ms}], each with the time since the turn before it
    turns_taken how many there are
    wall_s      seconds for the whole chat, without imports and warm-up
    cpu_s       the same in CPU of this process, all threads
    error       null, or why it ended before its time
"""

# What it imports is installed in an environment of its own.
# pyright: reportMissingImports=false, reportUnknownVariableType=false

import argparse
import asyncio
import json
import re
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.messages import TextMessage
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_ext.models.openai import OpenAIChatCompletionClient

# What AutoGen must be told of a model it does not know: one that chats and can do nothing else.
_MODEL_INFO = {
    "family": "unknown",
    "vision": False,
    "function_calling": False,
    "json_output": False,
    "structured_output": False,
}


def main() -> None:
    options = _options()
    if options.warm_up:
        asyncio.run(chat(options, options.warm_up))
    print(json.dumps(asyncio.run(chat(options, options.turns)), ensure_ascii=False))


async def chat(options: argparse.Namespace, turns: int) -> dict[str, Any]:
    """Hold one chat of so many turns. Out: what is printed."""
    client = OpenAIChatCompletionClient(
        model=options.model,
        base_url=options.base_url,
        api_key=options.api_key,
        model_info=_MODEL_INFO,
        max_tokens=options.max_tokens,
        temperature=options.temperature,
        timeout=options.timeout,
        **({} if options.seed is None else {"seed": options.seed}),
    )
    cast, task = _cast(options.personas, options.cast), _text(options.task / "context.txt")
    question = _text(options.task / "questions.txt").splitlines()[0]
    rules = _text(options.task / "discuss_instructions.txt")
    names = {_identifier(persona["name"]): persona["name"] for persona in cast}
    team = RoundRobinGroupChat(
        [
            AssistantAgent(name, client, system_message=f"{persona['prompt']}\n\n{rules}", description=persona["name"])
            for name, persona in zip(names, cast, strict=True)
        ],
        max_turns=turns,
    )
    said: list[dict[str, Any]] = []
    error = None
    began = before = time.perf_counter(), time.process_time()
    try:
        async for event in team.run_stream(task=f"{task}\n\nThe question on the table is: {question}"):
            if isinstance(event, TextMessage) and event.source in names:
                now = time.perf_counter(), time.process_time()
                wall, cpu = (round((b - a) * 1000, 3) for a, b in zip(before, now, strict=True))
                said.append({"speaker": names[event.source], "text": event.content, "wall_ms": wall, "cpu_ms": cpu})
                before = now
    except Exception as problem:  # noqa: BLE001 (that it died is a result)
        error = f"{type(problem).__name__}: {problem}"
    ended = time.perf_counter(), time.process_time()
    await client.close()
    return {
        "peer": f"autogen-agentchat {version('autogen-agentchat')}",
        "turns": said,
        "turns_taken": len(said),
        "wall_s": round(ended[0] - began[0], 4),
        "cpu_s": round(ended[1] - began[1], 4),
        "error": error,
    }


def _cast(folder: Path, names: str | None) -> list[dict[str, Any]]:
    """The personas of a folder in order of file name, all or those named (by `name`, in that order)."""
    everyone = [json.loads(file.read_text("utf-8-sig")) for file in sorted(folder.glob("*.json"))]
    if names is None:
        return everyone
    by_name = {persona["name"]: persona for persona in everyone}
    return [by_name[name] for name in names.split(",")]


def _identifier(name: str) -> str:
    """AutoGen takes only what could be a variable of Python as an agent's name."""
    name = re.sub(r"\W", "_", name)
    return name if name.isidentifier() else f"_{name}"


def _text(file: Path) -> str:
    return file.read_text("utf-8-sig").strip() if file.exists() else ""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="One AutoGen RoundRobinGroupChat among our personas.")
    parser.add_argument("--base-url", required=True, help="of an OpenAI-compatible endpoint, with its /v1")
    parser.add_argument("--model", required=True)
    parser.add_argument("--api-key", default="none")
    parser.add_argument("--personas", type=Path, required=True, help="folder with persona files")
    parser.add_argument("--cast", help="names of those who sit at the table, with commas between (default: all)")
    parser.add_argument("--task", type=Path, required=True, help="task folder; its first question is discussed")
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--max-tokens", type=int, default=300, help="of an answer")
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--seed", type=int, help="passed on to the endpoint")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one answer")
    parser.add_argument("--warm-up", type=int, default=0, metavar="TURNS", help="a chat before that, which is not told")
    return parser.parse_args()


if __name__ == "__main__":
    main()
