"""Stands in for the package of that name: put this folder on PYTHONPATH, and the process of a model serves without one.

What it does is in the file's name: `unloadable.gguf` is none that can be loaded; `endless.gguf` never gets loaded, with
Python at a halt meanwhile as with the real one; `late.gguf` is loaded once `go` stands beside it; any other at once.
"""

import ctypes
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

LOADING_ERROR = "llama_model_load: error loading model: unknown model architecture: 'sofa'"


def CommonParams() -> Any:
    parts = {name: SimpleNamespace() for name in ("model", "cpuparams", "cpuparams_batch", "sampling")}
    return SimpleNamespace(**parts, api_keys=[])


def Server(params: Any) -> Any:
    sys.stdout.write("what a library prints where it should not\n")
    _log("I srv  load_model: loading model")
    match (file := Path(params.model.path)).stem:
        case "unloadable":
            _log(f"E {LOADING_ERROR}")
            _log("E srv  load_model: failed to load model")
            raise RuntimeError("Failed to init server, please check the input params.")
        case "endless":
            ctypes.PyDLL(None).sleep(600)
        case "late":
            while not file.with_name("go").exists():
                time.sleep(0.01)
    handler = type("Handler", (_ModelHandler,), {"params": params})
    server = ThreadingHTTPServer((params.hostnames[0], params.port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return SimpleNamespace(listening_address=f"http://127.0.0.1:{server.server_port}")


class _ModelHandler(BaseHTTPRequestHandler):
    """Says what it was started with, and asked for."""

    params: Any

    def do_GET(self) -> None:
        (name,) = self.params.model_alias
        model = {"id": name, "owned_by": "llamacpp", "meta": {"n_ctx": self.params.n_ctx // self.params.n_parallel}}
        self._answer({"object": "list", "data": [model]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        told = {"started": vars(self.params), "asked": asked, "environment": sorted(os.environ)}
        content = json.dumps(told, default=lambda part: sorted(part) if isinstance(part, set) else vars(part))
        message = {"role": "assistant", "content": content}
        usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        self._answer({"object": "chat.completion", "choices": [choice], "usage": usage})

    def _answer(self, body: dict[str, Any]) -> None:
        is_let_in = self.headers["Authorization"] in [f"Bearer {key}" for key in self.params.api_keys]
        data = json.dumps(body if is_let_in else {"error": {"message": "Invalid API Key", "code": 401}}).encode()
        self.send_response(200 if is_let_in else 401)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        _log(f"I {format % args}")


def _log(text: str) -> None:
    sys.stderr.write(f"0.00.000.001 {text}\n")
    sys.stderr.flush()
