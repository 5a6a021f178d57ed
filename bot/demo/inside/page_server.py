"""simcord's page server, with our styles and scripts added to its page."""

from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import ClassVar, Final, Protocol

from aiohttp import web
from simcord.preview._server import PreviewServer

from bot.demo import pictures

_STATIC: Final = Path(__file__).parents[1] / "static"
_KINDS: Final = {".css": "text/css", ".js": "application/javascript"}

wished: ContextVar[Mapping[str, str]] = ContextVar("wished")
"""What the address of the tab that is being opened asks for: `as` whom, which `channel`, up to which `message`."""


class OnPage(Protocol):
    """What the server asks of the preview, besides what simcord's own asks."""

    def on_page(self, index: str) -> str: ...


class PageServer(PreviewServer):
    """Serves our files beside simcord's, and our index page for its."""

    preview: OnPage  # type: ignore[assignment]
    _OURS: ClassVar[dict[str, Path]] = {f"/demo/{path.name}": path for path in sorted(_STATIC.iterdir())}
    # simcord makes a route for each of these names.
    _STATIC_FILES: ClassVar[dict[str, str]] = {
        **PreviewServer._STATIC_FILES,
        **{path: path for path in _OURS},
        "/demo/icon.png": "icon.png",
    }

    async def _static(self, request: web.Request) -> web.StreamResponse:
        headers = self._SECURITY_HEADERS
        if ours := self._OURS.get(request.path):
            return web.Response(text=ours.read_text("utf-8"), content_type=_KINDS[ours.suffix], headers=headers)
        if request.path == "/demo/icon.png":
            return web.Response(body=pictures.round_table(), content_type="image/png", headers=headers)
        answer = await super()._static(request)
        if request.path == "/":
            answer.text = self.preview.on_page(answer.text)
        elif request.path.startswith("/fonts/"):  # 30 MB, which a reload need not fetch again
            answer.headers["Cache-Control"] = "private, max-age=86400"
            del answer.headers["Pragma"]
        return answer

    async def _pages(self, request: web.Request) -> web.StreamResponse:
        wished.set(dict(request.query))
        return await super()._pages(request)
