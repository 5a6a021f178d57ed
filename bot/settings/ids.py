"""Discord's ids as they stand in a setting: one, or several separated by commas."""

from typing import Annotated, Any

from pydantic import BeforeValidator


def _listed_ids(value: Any) -> Any:
    """Discord ids that are separated by commas; `none` is the empty list."""
    if not isinstance(value, str):
        return value
    if value.casefold() == "none":
        return ()
    listed = [part.strip() for part in value.split(",") if part.strip()]
    for part in listed:
        if not (part.isascii() and part.isdecimal() and 15 <= len(part) <= 20):
            raise ValueError(
                f'has "{part}", which is no id. Write ids separated by commas; Discord copies them for whoever has '
                "the Developer Mode on (User settings → Advanced)"
            )
    return tuple(int(part) for part in listed)


DiscordIds = Annotated[tuple[int, ...], BeforeValidator(_listed_ids)]


def _one_id(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.isdecimal() and 15 <= len(value) <= 20):
        raise ValueError(
            "is no id. Discord copies a channel's for whoever has the Developer Mode on (User settings → Advanced): "
            "right-click the channel, Copy Channel ID"
        )
    return value


DiscordId = Annotated[int, BeforeValidator(_one_id)]
