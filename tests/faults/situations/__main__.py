"""One situation in a process of its own: `python -m tests.faults.situations ends left_open kneo http://127.0.0.1:1`.

Nothing is imported before the situation asks for it: hooks at the exit run in the order of the imports.
"""

import sys
from importlib import import_module


def main() -> None:
    """Run it; what it prints, how it ends and what stands on stderr are judged by `tests.faults.lives`."""
    module, function, *arguments = sys.argv[1:]
    getattr(import_module(f"tests.faults.situations.{module}"), function)(*arguments)


if __name__ == "__main__":
    main()
