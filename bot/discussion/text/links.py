"""Links that show where they lead, and no invites: for text that the bot shows in its own or a persona's name."""

import re
from typing import Final

# An address is hidden behind words only where "](" joins the two, so one space unmasks every such link. Source for
# this and for the next: https://support.discord.com/hc/en-us/articles/210298617
_MASKED: Final = re.compile(r"\](?=\()")
# An invite is drawn as a card with a button, even where previews of links are turned off.
_INVITE: Final = re.compile(
    r"(?<![\w-])(?:https?://)?(?:www\.|ptb\.|canary\.)?discord(?:\.gg(?:/invite)?|(?:app)?\.com/invite)/+[\w-]+"
    r"(?:[/?#][^\s<>()\[\]]*)?",
    re.IGNORECASE,
)
# No longer than the shortest invite, so that no text grows by it.
NO_INVITE: Final = "(no invites)"


def plain_links(text: str) -> str:
    """`text` with each masked link unmasked (`[words](address)` to `[words] (address)`) and invites left out.

    Everywhere, in code fences too: where a reader's client sees a fence is not certain enough to leave a way around.
    """
    return _MASKED.sub("] ", _INVITE.sub(NO_INVITE, text))
