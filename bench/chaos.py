"""The old name of the trial of the kill: `python -m bench.chaos …` runs `python -m tests.chaos …`."""

import os
import sys

if __name__ == "__main__":
    os.execv(sys.executable, [sys.executable, "-m", "tests.chaos", *sys.argv[1:]])
