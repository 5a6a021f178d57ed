"""What a reaction below a persona's message says of it: that somebody liked it, that they did not, or nothing."""

import re
from collections.abc import Mapping
from typing import Final

Counts = Mapping[int, tuple[int, int]]
"""By the number of a turn: how many people liked it, and how many did not."""

# What changes nothing of what an emoji says: how it is drawn, its skin, and whether a man or a woman shows it.
_LOOKS: Final = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[♀♂]")
_BESIDE: Final = re.compile(r"[\W\d_]+")

# Each as it is without its looks. Whoever is surprised, sad or thinking has not said what they make of it, nor has
# whoever only greets: such emoji are in neither.
_LIKED: Final = frozenset(
    "👍👏🙌👌💪🤝🫶🙏💯🔥⭐🌟✨🏆🥇🎯🚀🎉🎊🥳✅✔☑➕⬆🔼"
    "❤♥🧡💛💚💙💜🤎🖤🤍🩷🩵🩶💓💕💖💗💘💝💞😍🥰🤩"
    "😂🤣😆😄😁😀😃😊🙂😎🤗"
) | {"❤\u200d🔥"}
_DISLIKED: Final = frozenset("👎🖕🙅🤦❌✖❎🚫⛔➖⬇🔽💔💩🤡🥱😴🙄😒😠😡🤬🤢🤮")
# Servers call their own emoji as they like; what these words say is plain.
_NAMED: Final = {
    **dict.fromkeys(("upvote", "thumbsup", "thumbup", "like", "agree", "plusone", "love", "heart"), True),
    **dict.fromkeys(("downvote", "thumbsdown", "thumbdown", "dislike", "disagree", "minusone", "boo"), False),
}


def says(emoji: str, *, is_custom: bool = False) -> bool | None:
    """Whether whoever reacts with this liked what they react to; None where it says neither.

    In: an emoji of Unicode, or (`is_custom`) the name of a server's own.
    """
    if is_custom:
        return _NAMED.get(_BESIDE.sub("", emoji).lower())
    plain = _LOOKS.sub("", emoji)
    return True if plain in _LIKED else False if plain in _DISLIKED else None
