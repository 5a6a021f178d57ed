"""All chance in a discussion: generators seeded by the session's seed and a turn number, so that any run replays."""

import random


def seeded_random(seed: int, purpose: str, turn: int) -> random.Random:
    """The generator for one decision. `purpose` keeps decisions at the same turn independent of each other."""
    return random.Random(f"{seed}/{purpose}/{turn}")


def one_in(seed: int, purpose: str, turn: int, every: float) -> bool:
    """True with probability 1/`every`."""
    return seeded_random(seed, purpose, turn).random() < 1 / every
