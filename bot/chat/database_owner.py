"""A database belongs to one application: another one's bot would see none of its servers, and take all for left."""

from bot.chat.first_contact import Application
from bot.errors import HostMustMend
from bot.store.server_settings import APPLICATION, Remembered


async def require_owner(remembered: Remembered, application: Application, *, adopt: bool = False) -> None:
    """Make the database this application's if it is nobody's yet, or with `adopt`. Raises HostMustMend if it is
    another's."""
    owner = await remembered.get(APPLICATION)
    if owner == str(application.id):
        return
    if owner is not None and not adopt:
        raise HostMustMend(another_s(owner, application.id, application.name))
    await remembered.put(APPLICATION, str(application.id))


def another_s(owner: str, application_id: int, name: str) -> str:
    """What to tell the host of a database that is another application's than the token's."""
    return (
        f"The database that DATABASE_URL names belongs to the application {owner}; DISCORD_TOKEN is that of the "
        f"application {application_id} ({name}). Set DISCORD_TOKEN to a token of {owner}, or "
        "DATABASE_URL to another database. To hand this one over for good, run once: roundtable run "
        f"--adopt-database; what it holds of servers that {name} is not in goes after LEAVE_GRACE_DAYS."
    )
