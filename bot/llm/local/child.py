"""The process that serves a GGUF: llama.cpp's own HTTP server on 127.0.0.1, for as long as its input stays open.

Run by its path, with nothing of the bot but this file: it knows the standard library and xllamacpp only. In: one line
of JSON, a `ServedFile`; then nothing, until the input is closed, which ends it. Out: a line with the address, once the
model is loaded. llama.cpp's log goes to standard error. Ends with status 1 if the model can't be loaded.
"""

import ctypes
import importlib
import json
import os
import signal
import sys
import threading
from typing import Any, Final, NotRequired, TypedDict

_SET_PARENT_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG, in linux/prctl.h
# Prompts that were crowded out of their slot are kept in so much memory, so that two tables that take turns at one slot
# need not be read again each time; llama.cpp itself would take 8 GB.
_PROMPTS_KEPT_MIB: Final = 512


class ServedFile(TypedDict):
    """A model's file, and how it is served."""

    file: str
    name: str
    """What the model is called in its list of models."""
    port: int
    """0: any free one."""
    slots: int
    """Requests at a time."""
    context: int
    """Tokens a slot."""
    threads: int
    api_key: NotRequired[str]
    """Without it whoever reaches the port is answered."""
    parent: NotRequired[int]
    """The process that it ends with, however that one ends."""
    cap: NotRequired[int]
    """Tokens that an answer has at most, whatever the request says."""
    seed: NotRequired[int]
    template: NotRequired[str]
    """A chat template in the place of the model's own."""
    dry: NotRequired[tuple[float, int]]
    """How hard verbatim loops are avoided where a request does not say so, and in how many tokens it looks for them."""
    prompts_kept: NotRequired[int]
    """Mebibytes."""


def _serve(options: ServedFile) -> str:
    """Load the model and begin to serve. Out: the address. Raises RuntimeError if llama.cpp can't."""
    # Not by a statement: it is an extra, and tells no types.
    xllamacpp: Any = importlib.import_module("xllamacpp")
    params: Any = xllamacpp.CommonParams()
    params.model.path = options["file"]
    params.model_alias = {options["name"]}
    params.hostnames = ["127.0.0.1"]
    params.port = options.get("port", 0)
    params.n_parallel = options["slots"]
    params.n_ctx = options["context"] * options["slots"]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = options["threads"]
    params.cache_ram_mib = options.get("prompts_kept", _PROMPTS_KEPT_MIB)
    params.use_jinja = True
    params.ui = False
    params.endpoint_props = True
    if "api_key" in options:
        params.api_keys = [options["api_key"]]
    if "cap" in options:
        params.n_predict = options["cap"]
    if "template" in options:
        params.chat_template = options["template"]
    if "seed" in options:
        params.sampling.seed = options["seed"]
    if "dry" in options:
        params.sampling.dry_multiplier, params.sampling.dry_penalty_last_n = options["dry"]
    global _server  # it serves for as long as somebody holds it
    _server = xllamacpp.Server(params)
    return _server.listening_address


def _end_with(parent: int) -> None:
    """Have the kernel end this process when `parent` ends: while a model is being loaded no thread of Python's runs,
    which would see that the input is closed."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it has ended before it was told
        os._exit(0)


def _end_at_end_of_input() -> None:
    sys.stdin.read()
    os._exit(0)  # llama.cpp's threads would be waited for


def main() -> None:
    options: ServedFile = json.loads(sys.stdin.readline())
    if "parent" in options:
        _end_with(options["parent"])
    watching = threading.Thread(target=_end_at_end_of_input)
    watching.start()
    # What a library prints must not be taken for the address.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        address = _serve(options)
    except RuntimeError as problem:
        sys.stderr.write(f"{problem}\n")
        sys.stderr.flush()
        os._exit(1)
    out.write(f"{address}\n")
    out.flush()
    watching.join()


if __name__ == "__main__":
    main()
