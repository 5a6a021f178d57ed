"""Somebody's words inside quotation marks of ours: on one line, and without a mark that would end the quotation."""

import re
from typing import Final

from bot.discussion.text.folding import one_line

# Double quotation marks and what looks like them: ASCII, full width, curly and low, angle, primes, dingbats, reversed.
# Hebrew's gershayim stands inside words and stays.
_DOUBLE: Final = re.compile(r'["＂“”„‟«»〝〞〟″‶ʺˮ˝❝❞❠⹂🙶🙷🙸]')


def inside_quotes(text: str) -> str:
    """`text` as it may stand between double quotation marks."""
    return _DOUBLE.sub("'", one_line(text))
