"""simcord's page server, with our style and script added to its page."""

from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from aiohttp import web
from simcord.preview._server import PreviewServer

from bot.demo import pictures

if TYPE_CHECKING:
    from bot.demo.inside.live_preview import LivePreview

_STATIC = Path(__file__).parents[1] / "static"

newcomer: ContextVar[str] = ContextVar("newcomer", default="")
"""As whom the tab that is being opened wants to see the channel."""


class PageServer(PreviewServer):
    preview: "LivePreview"
    _OURS: ClassVar[dict[str, tuple[str, str]]] = {
        "/demo/page.css": ("page.css", "text/css"),
        "/demo/page.js": ("page.js", "application/javascript"),
    }
    # simcord makes a route for each of these names.
    _STATIC_FILES: ClassVar[dict[str, str]] = {
        **PreviewServer._STATIC_FILES,
        **{path: name for path, (name, _) in _OURS.items()},
        "/demo/icon.png": "icon.png",
    }

    async def _static(self, request: web.Request) -> web.StreamResponse:
        headers = self._SECURITY_HEADERS
        if request.path in self._OURS:
            name, kind = self._OURS[request.path]
            return web.Response(text=(_STATIC / name).read_text("utf-8"), content_type=kind, headers=headers)
        if request.path == "/demo/icon.png":
            return web.Response(body=pictures.round_table(), content_type="image/png", headers=headers)
        answer = await super()._static(request)
        if request.path == "/":
            answer.text = self.preview.place.on_page(answer.text, self.preview.env.backend.bot_user.name)
        elif request.path.startswith("/fonts/"):  # 30 MB, which a reload need not fetch again
            answer.headers["Cache-Control"] = "private, max-age=86400"
            del answer.headers["Pragma"]
        return answer

    async def _pages(self, request: web.Request) -> web.StreamResponse:
        newcomer.set(request.query.get("as", ""))
        return await super()._pages(request)
