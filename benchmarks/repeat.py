"""Makes a fixed number of calls and ends, for tools that count over a whole process."""

from __future__ import annotations

import os
import sys

from benchmarks.worker import Worker

if __name__ == "__main__":
    _, client, url, operation, calls = sys.argv
    worker = Worker(client, url)
    worker.repeat(operation, int(calls))
    worker.close()
    sys.stdout.flush()
    os._exit(0)  # pyreqwest alone may abort the process while Python ends; our wire does not, see ADR 004
