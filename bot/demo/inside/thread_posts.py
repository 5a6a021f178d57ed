"""Webhooks' messages in threads: simcord would have them land in the thread's parent channel."""

from collections.abc import Callable
from typing import Any, Final

from simcord.http import router

Handler = Callable[[router.RequestContext], Any]
Routes = dict[str, list[tuple[list[str], Handler]]]

_WEBHOOK: Final = ["webhooks", "{webhook_id}", "{token}"]


def thread_routes() -> Routes:
    """simcord's routes, by method, with those of webhooks heeding the thread that a request names."""
    return {
        method: [(path, _in_thread(handler) if path[:3] == _WEBHOOK else handler) for path, handler in routes]
        for method, routes in router._ROUTES.items()
    }


def _in_thread(handle: Handler) -> Handler:
    def handled(context: router.RequestContext) -> Any:
        thread = (context.params or {}).get("thread_id")
        hook = context.backend.webhooks.get(context.int_arg("webhook_id"))
        if thread is None or hook is None:
            return handle(context)
        # A handler takes the webhook's own channel, and returns before anything else is asked.
        parent = hook.channel_id
        assert context.backend.get_channel(int(thread)).parent_id == parent
        hook.channel_id = int(thread)
        try:
            return handle(context)
        finally:
            hook.channel_id = parent

    return handled
