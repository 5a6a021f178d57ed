"""`python -m bot` is the same as `roundtable`."""

import sys

from bot.cli import main

sys.exit(main())
