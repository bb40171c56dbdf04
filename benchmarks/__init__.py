"""What a call costs: `python -m benchmarks` compares, `python -m benchmarks gate` holds the line in CI.

scenarios.py    the table of what is compared; read it first
operations.py   what is called, through a raw HTTP library and through an SDK
clients.py      the libraries and SDKs that are compared
worker.py       runs in each library's own process and measures
runner.py       lets the workers take turns, and takes medians
programs.py     costs of whole processes: import, first answer
probes.py       costs inside one process: engine, decoding, construction
gate.py         instructions and system calls per call, against limits.toml
targets.py      what we want to reach, and whether we do
report.py       docs/dev/performance.md
"""
