"""The channels and threads that a visitor's side bar lists."""

from typing import Any, Final

from simcord.backend.access import can_access_channel
from simcord.enums import ChannelType
from simcord.preview import Preview

_KINDS: Final[dict[int, str]] = {
    ChannelType.TEXT: "text",
    ChannelType.NEWS: "text",
    ChannelType.FORUM: "forum",
    ChannelType.PUBLIC_THREAD: "thread",
    ChannelType.PRIVATE_THREAD: "thread",
}


def places(preview: Preview, page: Any) -> list[dict[str, Any]]:
    """What the viewer of `page` can open: each channel, and under it its threads (or a forum's posts), in order.

    Threads in the archive are left out, except for the one that is open.
    """
    backend = preview.env.backend
    listed = []
    for channel in backend.channels.values():
        kind = _KINDS.get(channel.type)
        here = channel.id == page.channel_id
        put_away = channel.thread_metadata is not None and channel.thread_metadata.archived
        if not kind or (put_away and not here) or not can_access_channel(preview.env, channel.id, page.viewer):
            continue
        under = channel.parent_id if kind == "thread" and channel.parent_id else channel.id
        last = max(backend.messages.get(channel.id, {}), default=0)
        listed.append(
            (
                (backend.channels[under].position, under, kind == "thread", channel.id),
                {"id": str(channel.id), "name": channel.name, "kind": kind, "here": here, "last": str(last)},
            )
        )
    return [place for _, place in sorted(listed, key=lambda each: each[0])]
