"""`knoxcall` beside the published `knoxcall==1.2.0`: CPU per management call, and the cost of importing.

    python benchmarks/knoxcall_bench.py [--calls 2000] [--rounds 5]

The published package runs as a black box in an environment of its own (made once, under .cache), with its autostart
switched off. Both send `account.get()` with a static key to the same loopback server, which runs in a process of its
own; what is compared is the CPU time of the caller's process.
"""

from __future__ import annotations

import argparse
import http.server
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT / ".cache" / "bench-knoxcall-1.2.0"
ANSWER = json.dumps({"data": {"id": "t1", "slug": "acme", "name": "Acme"}, "meta": {"request_id": "r"}}).encode()

CALLS = """
import asyncio, json, sys, time
from knoxcall import KnoxCall
url, mode, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
if mode == "sync":
    client = KnoxCall(api_key="tk_test_abc", base_url=url)
    for _ in range(50): client.account.get()
    began = time.process_time()
    for _ in range(calls): client.account.get()
    used = time.process_time() - began
    client.close()
else:
    async def main():
        async with KnoxCall(sync=False, api_key="tk_test_abc", base_url=url) as client:
            for _ in range(50): await client.account.get()
            began = time.process_time()
            for _ in range(calls): await client.account.get()
            return time.process_time() - began
    used = asyncio.run(main())
print(json.dumps(used / calls * 1e6))
"""
IMPORT = """
import json, time
began = time.process_time()
{statement}
print(json.dumps((time.process_time() - began) * 1e3))
"""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *args: Any) -> None:
        pass


def serve(port: Any) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port.send(server.server_port)
    server.serve_forever()


def published_python() -> str:
    """The interpreter of the published package's environment."""
    python = PUBLISHED / "bin" / "python"
    if not python.exists():
        venv.create(PUBLISHED, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "knoxcall==1.2.0"], check=True)
    return str(python)


def measure(python: str, code: str, *arguments: str) -> float:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KNOXCALL_")}
    environment["KNOXCALL_AUTOSTART"] = "off"
    done = subprocess.run(
        [python, "-c", code, *arguments],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        cwd=PUBLISHED.parent,
    )
    return float(json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=2000, help="calls per measurement")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each; the median counts")
    options = parser.parse_args()
    theirs = published_python()
    receiver, sender = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.Process(target=serve, args=(sender,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{receiver.recv()}"
    rows = [("CPU per call, sync, us", CALLS, (url, "sync", str(options.calls)))]
    rows += [("CPU per call, async, us", CALLS, (url, "async", str(options.calls)))]
    for statement in ("import knoxcall", "from knoxcall import KnoxCall"):
        rows.append((f"{statement}, ms", IMPORT.format(statement=statement), ()))
    print(f"{'':36}{'ours':>10}{'1.2.0':>10}{'ratio':>8}")
    for name, code, arguments in rows:
        pairs = [
            (measure(sys.executable, code, *arguments), measure(theirs, code, *arguments))
            for _ in range(options.rounds)
        ]
        ours, published = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{name:36}{ours:10.1f}{published:10.1f}{ours / published:8.2f}")
    server.terminate()
    server.join()


if __name__ == "__main__":
    main()
