"""Personas with picture files, and when their pictures are on Discord."""

from pathlib import Path

from bot.discussion.model.persona import Persona
from tests.support.rest_house import RestHouse

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(100)


def drawn(folder: Path, *names: str) -> tuple[Persona, ...]:
    """A cast with a picture file each."""
    cast: list[Persona] = []
    for name in names:
        file = folder / f"{name.lower()}.png"
        file.write_bytes(PICTURE + name.encode())
        cast.append(Persona(name=name, full_name=f"{name} of Turku", prompt=f"You are {name}.", avatar=str(file)))
    return tuple(cast)


async def until_drawn(house: RestHouse, *names: str) -> None:
    """These personas are shown with their own pictures."""

    def drawn() -> bool:
        return all("emojis" in house.bot.avatars.url(each) for each in house.cast if each.name in names)

    await house.world.until(drawn, what="the portraits")
