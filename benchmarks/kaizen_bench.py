"""kaizen_client beside the published kaizen-client 0.1.4, and KTOF beside JSON and the public TOON packages.

    .venv/bin/python benchmarks/kaizen_bench.py [--calls 2000] [--rounds 5] [--check]

Every competitor runs in an environment of its own under .cache/benchmarks. Times are CPU seconds of the measured
process, user and system, medians of interleaved rounds; the server is another process. --check fails when a limit
below is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "benchmarks"
LIMITS = {"import": 0.5, "call": 0.3}
ENVIRONMENTS = {
    "published": ["kaizen-client==0.1.4"],
    "toon": ["toon-format==1.2.0", "toons==0.9.0", "python-toon==0.1.3"],
}
IMPORTS = {
    "bare Python": "pass",
    "import kaizen_client": "import kaizen_client",
    "from kaizen_client import KaizenClient": "from kaizen_client import KaizenClient",
}
ANSWER = json.dumps(
    {
        "operation": "prompts.encode",
        "status": "ok",
        "result": "messages[2]{role,content}:\n  system,S\n  user,U",
        "stats": {"original_bytes": 82, "compressed_bytes": 45, "reduction_ratio": 0.549},
        "metadata": {"trace_id": "t-1"},
    }
).encode()
PAYLOAD = {
    "prompt": {"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]},
    "metadata": {"trace_id": "t-1"},
}


def main() -> int:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--role", choices=("server", "calls", "codecs"), help=argparse.SUPPRESS)
    parser.add_argument("--url", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role == "server":
        asyncio.run(serve())
    elif options.role == "calls":
        print(json.dumps(asyncio.run(cpu_per_call(options.url, options.calls))))
    elif options.role == "codecs":
        print(json.dumps(codecs(["toon_format", "toons", "toon"])))
    else:
        return compare(options.calls, options.rounds, check=options.check)
    return 0


def compare(calls: int, rounds: int, *, check: bool) -> int:
    """All measurements, interleaved, and the verdict."""
    pythons = {"ours": Path(sys.executable), **{name: environment(name) for name in ENVIRONMENTS}}
    imports: dict[tuple[str, str], list[float]] = {}
    times: dict[str, list[float]] = {"ours": [], "published": []}
    server = subprocess.Popen([sys.executable, __file__, "--role", "server"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        for _ in range(rounds):
            for name in times:
                for label, statement in IMPORTS.items():
                    imports.setdefault((name, label), []).append(import_seconds(pythons[name], statement))
                times[name].append(float(run(pythons[name], "--role", "calls", "--url", url, "--calls", str(calls))))
    finally:
        server.terminate()
        server.wait()
    ratios = print_clients(imports, times)
    print_codecs({**codecs(["ktof"]), **json.loads(run(pythons["toon"], "--role", "codecs"))})
    broken = [f"{name}: {ratios[name]:.2f} > {limit}" for name, limit in LIMITS.items() if ratios[name] > limit]
    print("\nlimits: " + ("; ".join(broken) if broken else "kept"))
    return int(check and bool(broken))


def environment(name: str) -> Path:
    """The interpreter of a competitor's environment, made when it is missing."""
    folder = CACHE / f"kaizen-{name}"
    python = folder / "bin" / "python"
    if not python.exists():
        uv = [str(Path(sys.executable).with_name("uv"))]
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
        subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(python), *ENVIRONMENTS[name]], check=True)
    return python


def run(python: Path, *arguments: str) -> str:
    """The output of this file, run by another interpreter."""
    command = [str(python), __file__, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def import_seconds(python: Path, statement: str) -> float:
    """CPU seconds of a whole process that runs one statement."""
    before = os.times()
    subprocess.run([str(python), "-c", statement], check=True)
    after = os.times()
    return (after.children_user - before.children_user) + (after.children_system - before.children_system)


async def cpu_per_call(url: str, calls: int) -> float:
    """CPU seconds of one prompts_encode on a warm connection."""
    from kaizen_client import KaizenClient, KaizenClientConfig

    async with KaizenClient(KaizenClientConfig(base_url=url, api_key="k")) as client:
        for _ in range(50):
            await client.prompts_encode(PAYLOAD)
        started = time.process_time()
        for _ in range(calls):
            await client.prompts_encode(PAYLOAD)
        return (time.process_time() - started) / calls


class CannedAnswer(asyncio.Protocol):
    """Answers every request with the same bytes."""

    def connection_made(self, transport: Any) -> None:
        """Remember the connection."""
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        """Answer once a request is whole."""
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        if len(body) < (int(lengths[0].split(b":")[1]) if lengths else 0):
            return
        self.received = b""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER)
        self.transport.write(head + ANSWER)


async def serve() -> None:
    """Serve on a free loopback port until terminated."""
    server = await asyncio.get_running_loop().create_server(CannedAnswer, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def documents() -> dict[str, Any]:
    """What the codecs are measured on."""
    rows = [
        {
            "id": number,
            "name": f"user {number}",
            "email": f"u{number}@example.com",
            "score": number * 1.5,
            "active": True,
        }
        for number in range(1000)
    ]
    chat = {"messages": [{"role": "user", "content": f"Question {number}, please?"} for number in range(200)]}
    nested = [
        {"id": number, "tags": ["a", "b"], "owner": {"name": f"n{number}", "team": None}} for number in range(500)
    ]
    return {"rows": rows, "chat": chat, "nested": nested}


def codecs(names: list[str]) -> dict[str, Any]:
    """Milliseconds and sizes for each codec and document; None where it fails or loses something."""
    results: dict[str, Any] = {}
    for name in names:
        module: Any = importlib.import_module("kaizen_client.ktof" if name == "ktof" else name)
        write, read = (
            getattr(module, pair[0], None) or getattr(module, pair[1])
            for pair in (("encode", "dumps"), ("decode", "loads"))
        )
        results[name] = {label: measured(write, read, value) for label, value in documents().items()}
    if names == ["ktof"]:
        compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
        results["json"] = {label: measured(compact, json.loads, value) for label, value in documents().items()}
    return results


def measured(write: Any, read: Any, value: Any) -> Any:
    """[milliseconds to write, milliseconds to read, bytes], the best of five."""
    try:
        text = write(value)
        if read(text) != value:
            return None
        return [best(write, value), best(read, text), len(text.encode())]
    except Exception:
        return None


def best(function: Any, argument: Any) -> float:
    """Milliseconds, the best of five."""
    spans = []
    for _ in range(5):
        started = time.process_time()
        function(argument)
        spans.append((time.process_time() - started) * 1000)
    return min(spans)


def print_clients(imports: dict[tuple[str, str], list[float]], times: dict[str, list[float]]) -> dict[str, float]:
    """The table of the clients; ours as a share of the published one."""
    print(f"{'':<50}{'ours':>12}{'published':>12}{'ratio':>8}")
    shares = {}
    for label in IMPORTS:
        ours, published = (statistics.median(imports[name, label]) * 1e3 for name in ("ours", "published"))
        shares[label] = ours / published
        print(f"{label + ', ms of CPU':<50}{ours:>12.1f}{published:>12.1f}{shares[label]:>8.2f}")
    ours, published = (statistics.median(times[name]) * 1e6 for name in ("ours", "published"))
    print(f"{'prompts_encode, us of CPU':<50}{ours:>12.0f}{published:>12.0f}{ours / published:>8.2f}")
    return {"import": shares["from kaizen_client import KaizenClient"], "call": ours / published}


def print_codecs(results: dict[str, Any]) -> None:
    """The table of the codecs."""
    titles = {"json": "json", "ktof": "kaizen_client.ktof", "toon_format": "toon-format 1.2.0", "toons": "toons 0.9.0"}
    titles["toon"] = "python-toon 0.1.3"
    for label in documents():
        print(f"\n{label:<22}{'write ms':>10}{'read ms':>10}{'bytes':>10}{'of JSON':>9}")
        for name, title in titles.items():
            found = results[name][label]
            if found is None:
                print(f"{title:<22}{'does not come back':>30}")
                continue
            share = found[2] / results["json"][label][2]
            print(f"{title:<22}{found[0]:>10.2f}{found[1]:>10.2f}{found[2]:>10,}{share:>9.0%}")


if __name__ == "__main__":
    raise SystemExit(main())
