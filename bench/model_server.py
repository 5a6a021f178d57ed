"""The process that serves the model: llama.cpp's own HTTP server on 127.0.0.1, for as long as its input stays open.

Run by `bench/model.py` in an environment of its own, so it knows nothing but the standard library and xllamacpp.
In: one JSON object as its argument. Out: a line with the address, once it answers.
"""

import json
import os
import sys
from typing import Any

# Loops are looked for in so many of the last tokens: those of the answer, so that a recital of the prompt still shows.
DRY_WINDOW = 128
# The role rules of Mistral-7B-Instruct's chat template (user and assistant in turns, no system role) in ChatML.
STRICT_ROLES = """\
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


def serve(options: dict[str, Any]) -> None:
    import xllamacpp  # type: ignore[import-not-found]

    params = xllamacpp.CommonParams()
    params.model.path = options["file"]
    params.model_alias = {options["name"]}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_parallel = options["slots"]
    params.n_ctx = options["context"] * options["slots"]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = options["threads"]
    params.n_predict = options["cap"]
    params.cache_ram_mib = 0  # only the slots are a cache: what is measured is the layout, not a second cache
    params.use_jinja = True
    if options["strict_roles"]:
        params.chat_template = STRICT_ROLES
    params.sampling.seed = options["seed"]
    params.sampling.dry_multiplier = options["dry"]
    params.sampling.dry_penalty_last_n = DRY_WINDOW  # -1, the whole context, is the same as off in this build
    params.endpoint_slots = params.endpoint_props = True
    params.ui = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    # Its threads would be waited for.
    os._exit(0)


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
