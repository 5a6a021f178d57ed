"""Lists of models as vendors' servers give them, which model is to be taken where none is named, and its window."""

from typing import Final

from tests.support.endpoint_stand_in import Answer, gives
from tests.support.vendor_shapes import listing

LISTS: Final[dict[str, tuple[Answer, str, int | None]]] = {
    "an embedder first": (
        listing("text-embedding-nomic", "whisper-1", "tts-1-hd", "chatty-8b", "other"),
        "chatty-8b",
        None,
    ),
    "a reranker first": (listing("bge-reranker-v2", "llama-guard-3", "flux-schnell", "mix-8x7b"), "mix-8x7b", None),
    # https://docs.together.ai/reference/models-1: a bare list
    "Together": (
        gives([{"id": "m2-bert", "type": "embedding"}, {"id": "talker", "type": "chat", "context_length": 5000}]),
        "talker",
        5000,
    ),
    # https://docs.mistral.ai/api
    "Mistral": (
        gives(
            {
                "data": [
                    {"id": "reader", "capabilities": {"completion_chat": False}},
                    {"id": "speaker", "capabilities": {"completion_chat": True}, "max_context_length": 6000},
                ]
            }
        ),
        "speaker",
        6000,
    ),
    # https://console.groq.com/docs/models
    "Groq": (
        gives({"data": [{"id": "old", "active": False}, {"id": "new", "active": True, "context_window": 7000}]}),
        "new",
        7000,
    ),
    # https://lmstudio.ai/docs/developer/rest/endpoints
    "LM Studio": (
        gives({"data": [{"id": "local", "type": "llm", "max_context_length": 32768, "loaded_context_length": 4500}]}),
        "local",
        4500,
    ),
    # https://openrouter.ai/docs/models
    "OpenRouter": (
        gives({"data": [{"id": "a/b", "context_length": 128000, "top_provider": {"context_length": 8000}}]}),
        "a/b",
        8000,
    ),
    # What none of their names tells, their outputs do; who draws and writes, writes.
    "OpenRouter, outputs": (
        gives(
            {
                "data": [
                    {"id": "a/painter", "architecture": {"output_modalities": ["image"]}},
                    {"id": "a/singer", "architecture": {"output_modalities": ["audio"]}},
                    {"id": "a/judge", "architecture": {"output_modalities": ["decisions"]}},
                    {"id": "a/both", "architecture": {"output_modalities": ["image", "text"]}, "context_length": 8100},
                    {"id": "a/writer", "architecture": {"output_modalities": ["text"]}},
                ]
            }
        ),
        "a/both",
        8100,
    ),
    "OpenRouter, no outputs told": (
        gives({"data": [{"id": "a/b", "architecture": {"output_modalities": []}}, {"id": "a/writer"}]}),
        "a/b",
        None,
    ),
    # https://docs.github.com/rest/models/catalog: a bare list
    "GitHub Models": (
        gives(
            [
                {"id": "a/vectors", "supported_output_modalities": ["embeddings"]},
                {"id": "a/b", "supported_output_modalities": ["text"], "limits": {"max_input_tokens": 8200}},
            ]
        ),
        "a/b",
        8200,
    ),
    # https://docs.ollama.com/api
    "Ollama": (gives({"models": [{"name": "nomic-embed-text:latest"}, {"name": "small:1b"}]}), "small:1b", None),
    "names alone": (gives(["first", "second"]), "first", None),
    "vLLM": (listing("mine", max_model_len=9000), "mine", 9000),
    "llama.cpp": (listing("mine", meta={"n_ctx": 4100, "n_ctx_train": 131072}), "mine", 4100),
}
