"""Upstream paths of every kind: the proof's `htu` is what the server saw, and no path leaves its prefix."""

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from contract_messages import CLIENT_ID, CLIENT_SECRET, Answer
from contract_server import ContractServer

from knoxcall import InvalidRequestError, KnoxCall

PIECES = [
    "a", "Z9", "/", "//", ".", "..", "%2e", "%2E%2e", "%2f", "%", "%zz", "%25", "\\", "%5c", " ", "\t", "?", "#", "&",
    "=", "é", "日", "\U0001f600", ":", "@", "!", "$", "'", "(", ")",
    "*", "+", ",", ";", "~", "|", "^", "`", "{", "}", "[",
    "]", "<", ">", '"', "://", "\ud800", "\0", "\n",
]  # fmt: skip


def agree(count: int, seed: int = 1) -> int:
    """Call `count` random paths; returns how many of them could be sent at all."""
    dice = random.Random(seed)
    sent = 0
    with ContractServer() as server:
        server.upstream = lambda seen: Answer(200, {}, {"X-Knox-Upstream-Status": "200"})
        with KnoxCall(
            client_id=CLIENT_ID, client_secret=CLIENT_SECRET, base_url=server.url,
            proxy_base_url=server.url + "/prefix", dpop="always",
        ) as client:  # fmt: skip
            for _ in range(count):
                path = "/" + "".join(dice.choices(PIECES, k=dice.randrange(1, 12)))
                try:
                    response = client.call("r", path=path)
                except InvalidRequestError:
                    continue
                assert response.status_code == 200, (path, server.violations)  # else the verifier refused the proof
                assert server.seen[-1].target.startswith("/prefix/"), path
                server.seen.clear()
                sent += 1
        assert server.violations == []
    return sent


if __name__ == "__main__":
    print(agree(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000), "sent")
