"""Makes a fixed number of calls and ends, for tools that count over a whole process."""

from __future__ import annotations

import sys

from benchmarks.worker import Worker

if __name__ == "__main__":
    _, client, url, operation, calls = sys.argv
    worker = Worker(client, url)
    worker.repeat(operation, int(calls))
    worker.close()
