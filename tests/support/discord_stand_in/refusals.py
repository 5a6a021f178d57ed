"""What Discord says no to: its error codes, and the rules for a message's and a name's shape."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .records import COMPONENTS_V2, JSON

# https://discord.com/developers/docs/resources/message and .../resources/webhook
CONTENT_LIMIT = 2000
NAME_LIMIT = 80
NONCE_LIMIT = 25
WEBHOOKS_PER_CHANNEL = 15
EMBEDS_PER_MESSAGE = 10
EMBED_TOTAL = 6000
EMBED_LIMITS = {"title": 256, "description": 4096}
EMOJI_BYTES = 256 * 1024


class ApiRefusal(Exception):
    """An answer other than 2xx, in Discord's words: HTTP `status`, JSON `code`, `message` and nested `errors`."""

    def __init__(self, status: int, code: int, message: str, errors: JSON | None = None) -> None:
        super().__init__(f"{status}/{code} {message}")
        self.status = status
        self.body: JSON = {"message": message, "code": code}
        if errors:
            self.body["errors"] = errors


def unauthorised() -> ApiRefusal:
    return ApiRefusal(401, 0, "401: Unauthorized")


def no_route() -> ApiRefusal:
    return ApiRefusal(404, 0, "404: Not Found")


def unknown(what: str) -> ApiRefusal:
    codes = {"Channel": 10003, "Guild": 10004, "Member": 10007, "Message": 10008, "User": 10013, "Emoji": 10014}
    codes |= {"Webhook": 10015, "Interaction": 10062, "Application Command": 10063}
    return ApiRefusal(404, codes[what], f"Unknown {what}")


def missing_access() -> ApiRefusal:
    return ApiRefusal(403, 50001, "Missing Access")


def missing_permissions() -> ApiRefusal:
    return ApiRefusal(403, 50013, "Missing Permissions")


def invalid_webhook_token() -> ApiRefusal:
    return ApiRefusal(401, 50027, "Invalid Webhook Token")


def too_many_webhooks() -> ApiRefusal:
    return ApiRefusal(400, 30007, f"Maximum number of webhooks reached ({WEBHOOKS_PER_CHANNEL})")


def empty_message() -> ApiRefusal:
    return ApiRefusal(400, 50006, "Cannot send an empty message")


def two_factor_required() -> ApiRefusal:
    """https://discord.com/developers/docs/topics/oauth2#twofactor-authentication-requirement"""
    return ApiRefusal(403, 60003, "Two factor is required for this operation")


def thread_locked() -> ApiRefusal:
    return ApiRefusal(400, 160005, "Thread is locked")


def thread_archived() -> ApiRefusal:
    return ApiRefusal(400, 50083, "Thread is archived")


def already_acknowledged() -> ApiRefusal:
    return ApiRefusal(400, 40060, "Interaction has already been acknowledged.")


def invalid_form(path: str, code: str, message: str) -> ApiRefusal:
    """400/50035 with Discord's nested shape: `embeds.0.title` becomes {"embeds": {"0": {"title": {"_errors": …}}}}."""
    errors: Any = {"_errors": [{"code": code, "message": message}]}
    for key in reversed(path.split(".")):
        errors = {key: errors}
    return ApiRefusal(400, 50035, "Invalid Form Body", errors)


def check_message(payload: JSON, *, files: int) -> None:
    """Raise the ApiRefusal that a message with this JSON gets for its shape."""
    content = payload.get("content") or ""
    too_long(content, CONTENT_LIMIT, "content")
    embeds = payload.get("embeds") or []
    if len(embeds) > EMBEDS_PER_MESSAGE:
        raise invalid_form("embeds", "BASE_TYPE_MAX_LENGTH", f"Must be {EMBEDS_PER_MESSAGE} or fewer in length.")
    for index, embed in enumerate(embeds):
        for key, limit in EMBED_LIMITS.items():
            too_long(embed.get(key) or "", limit, f"embeds.{index}.{key}")
        for number, each in enumerate(embed.get("fields") or []):
            too_long(each["name"], 256, f"embeds.{index}.fields.{number}.name")
            too_long(each["value"], 1024, f"embeds.{index}.fields.{number}.value")
    if sum(map(_embed_size, embeds)) > EMBED_TOTAL:
        raise invalid_form("embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_TOTAL}")
    too_long(str(payload.get("nonce") or ""), NONCE_LIMIT, "nonce")
    built = payload.get("components") and (payload.get("flags") or 0) & COMPONENTS_V2
    if not (content.strip() or embeds or files or built or payload.get("poll") or payload.get("sticker_ids")):
        raise empty_message()


def too_long(text: str, limit: int, path: str) -> None:
    if len(text) > limit:
        raise invalid_form(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


def _embed_size(embed: JSON) -> int:
    pieces = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    pieces += [(embed.get("author") or {}).get("name")]
    for each in embed.get("fields") or []:
        pieces += [each["name"], each["value"]]
    return sum(len(piece or "") for piece in pieces)


def check_name(name: str, key: str) -> None:
    """The rules for a webhook's name, whether its own (`key` "name") or a message's ("username")."""
    name = name.strip()
    if not 1 <= len(name) <= NAME_LIMIT:
        raise invalid_form(key, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {NAME_LIMIT} in length.")
    for word in ("discord", "clyde"):
        if word in name.lower():
            raise invalid_form(key, "USERNAME_INVALID_CONTAINS", f'Username cannot contain "{word}"')
    if name.lower() in ("everyone", "here"):
        raise invalid_form(key, "USERNAME_INVALID", f'Username cannot be "{name.lower()}"')


def check_avatar_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        message = f"Scheme \"{parts.scheme}\" is not supported. Scheme must be one of ('http', 'https')."
        raise invalid_form("avatar_url", "URL_TYPE_INVALID_SCHEME", message)
    if not parts.netloc:
        raise invalid_form("avatar_url", "URL_TYPE_INVALID_URL", "Not a well formed URL.")
