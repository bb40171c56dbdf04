"""`python -m kneo_client show RUN_ID` and `python -m kneo_client batch ...`."""

import sys

from kneo_client.commands import main, parse

if __name__ == "__main__":
    sys.exit(main(parse()))
