"""`python -m kneo_client batch ...`."""

import sys

from kneo_client.batch.cli import main, parse

if __name__ == "__main__":
    sys.exit(main(parse()))
