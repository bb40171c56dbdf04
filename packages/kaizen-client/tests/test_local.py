"""The stand-in: the eight operations without the service."""

import functools
import importlib
import json
import runpy
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest

from kaizen_client import (
    KaizenAPIError,
    KaizenClient,
    KaizenClientConfig,
    SyncKaizenClient,
    ktof,
)
from kaizen_client.local import LocalServer, LocalService, local_client
from kaizen_client.local.detection import rewrite

ROWS = [{"id": number, "name": f"user {number}", "note": "a, b"} for number in range(20)]


@pytest.mark.promise("kaizen.local.in-process", "kaizen.requests.metadata-echoed")
async def test_the_documented_dialect() -> None:
    async with local_client() as client:
        encoded = await client.prompts_encode(
            {"prompt": ROWS, "metadata": {"t": 1}, "schemas": {"s": 1}, "token_models": ["gpt-4o-mini"]}
        )
        decoded = await client.prompts_decode(
            {"ktof": encoded["result"], "metadata": {"t": 2}, "replay_meta": {"mode": "cached"}}
        )
        plain = await client.decompress({"data": "a: 1"})
        health = await client.health()
    assert (encoded["operation"], encoded["status"], encoded["metadata"]) == ("prompts.encode", "ok", {"t": 1})
    size = len(json.dumps(ROWS, separators=(",", ":")))
    after = len(encoded["result"])
    assert encoded["stats"] == {
        "original_bytes": size,
        "compressed_bytes": after,
        "reduction_ratio": round(after / size, 3),
    }
    assert encoded["token_stats"]["gpt-4o-mini"]["original"] > encoded["token_stats"]["gpt-4o-mini"]["compressed"] > 0
    assert encoded["meta"] == {"token_count": "estimate"}
    assert decoded["result"] == ROWS
    assert (decoded["metadata"], decoded["replay_meta"]) == ({"t": 2}, {"mode": "cached"})
    assert plain["result"] == plain["data"] == {"a": 1}
    assert (health["operation"], health["region"]) == ("health", "local")


@pytest.mark.promise("kaizen.local.dialects")
async def test_the_backend_dialect() -> None:
    async with local_client("backend") as client:
        encoded = await client.prompts_encode(
            {"prompt": ROWS, "metadata": {"t": 1}, "schemas": {"s": 1}, "token_models": ["m"]}
        )
        decoded = await client.prompts_decode(
            {"ktof": "a: 1", "metadata": {"t": 2}, "replay_meta": {"x": 1, "client_metadata": {}}}
        )
        compressed = await client.compress({"data": {"a": 1}})
        plain = await client.decompress({"data": "a: 1"})
        health = await client.health()
    size, after = len(json.dumps(ROWS, separators=(",", ":"))), len(encoded["result"])
    assert encoded["stats"] == {
        "original_length": size,
        "optimized_length": after,
        "reduction": size - after,
        "reduction_ratio": (size - after) / size,
    }
    assert encoded["meta"] == {"schemas": {"s": 1}, "token_count": "estimate", "client_metadata": {"t": 1}}
    assert encoded["token_stats"]["raw"]["m"]["bytes"] == size
    assert decoded["stats"]["original_length"] == 4
    assert decoded["meta"] == {"x": 1, "client_metadata": {"t": 2}}
    assert compressed == {"operation": "compress", "status": "success", "result": "a: 1"}
    assert plain == {"operation": "decompress", "status": "success", "result": {"a": 1}}
    assert set(health) == {"message"}


@pytest.mark.promise("kaizen.local.auto-detection")
async def test_json_inside_a_text_is_rewritten_when_that_is_shorter() -> None:
    table = json.dumps([{"id": number, "ok": True} for number in range(9)], separators=(",", ":"))
    async with local_client("backend") as client:
        found = await client.prompts_encode({"prompt": f"Use {table} please"})
        off = await client.prompts_encode({"prompt": f"Use {table} please", "auto_detect_json": False})
    assert found["result"].startswith("Use [9]{id,ok}:\n 0,true\n 1,true")
    assert found["result"].endswith("8,true please")
    assert (found["meta"]["auto_detection_applied"], found["meta"]["embedded_json_count"]) == (True, 1)
    assert found["meta"]["segments_schema"] == "text_with_ktof"
    assert found["meta"]["replacements"][0]["start_offset"] == 4
    assert "meta" not in off


CODE = 'Fix:\ndef f(a={}, b=[]):\n  return a["x"]\n- [ ] task\n{"half": ['


@pytest.mark.promise("kaizen.local.auto-detection")
@pytest.mark.parametrize("prompt", [CODE, "Use [1, 2] and {} please", "a: b", "", "- [ ] task"])
async def test_a_text_without_documents_is_answered_as_it_is(prompt: str) -> None:
    async with local_client() as client:
        answer = await client.prompts_encode({"prompt": prompt})
        value = await client.prompts_encode({"prompt": prompt, "auto_detect_json": False})
        data = await client.compress({"data": prompt})
    size = len(prompt.encode())
    assert answer["result"] == prompt
    assert (answer["stats"]["original_bytes"], answer["stats"]["compressed_bytes"]) == (size, size)
    assert ktof.decode(value["result"]) == ktof.decode(data["result"]) == prompt


async def test_whole_documents_in_a_text_are_rewritten() -> None:
    prompt = f"Rows:\n{json.dumps(ROWS)}\n{CODE}"
    async with local_client() as client:
        answer = await client.optimize_request({"prompt": prompt, "options": {"delimiter": "|"}})
        whole = await client.prompts_encode({"prompt": json.dumps(ROWS)})
    assert answer["result"] == f"Rows:\n```ktof\n{ktof.encode(ROWS, delimiter='|')}\n```\n{CODE}"
    assert answer["stats"]["original_bytes"] == len(prompt)
    assert whole["result"] == ktof.encode(ROWS)


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("plain", "plain"),
        ("f[1] and x{y}", "f[1] and x{y}"),
        ("broken {x and [1,", "broken {x and [1,"),
        ('({"a": 1})', "(a: 1)"),
        ('{"a": 1}x', '{"a": 1}x'),
        ("[1] [2]", "[1]: 1 [1]: 2"),
        ("[" * 5000, "[" * 5000),
    ],
    ids=lambda value: value[:12],
)
def test_what_counts_as_json(text: str, rewritten: str) -> None:
    assert rewrite(text).text == rewritten


async def test_a_text_that_gets_longer_is_left_alone() -> None:
    prompt = "[[[[1]]],[[[2]]]]"
    async with local_client("backend") as client:
        answer = await client.optimize_request({"prompt": prompt})
    assert answer["result"] == f'"{prompt}"'
    assert answer["meta"] == {"auto_detected_json": True, "embedded_json_count": 1, "auto_detection_applied": False}


@pytest.mark.promise("kaizen.local.errors")
async def test_the_stand_in_refuses_like_the_service() -> None:
    async with local_client() as client:
        with pytest.raises(KaizenAPIError, match="Invalid encode request") as caught:
            await client.compress({"data": 1, "options": {"delimiter": ";"}})
        assert caught.value.status_code == 400
        with pytest.raises(KaizenAPIError, match="Invalid decode request"):
            await client.prompts_decode({"ktof": "a[2]: 1"})
        assert (await client.prompts_decode({"ktof": "a[2]: 1", "options": {"strict": False}}))["result"] == {"a": [1]}
    service = LocalService(api_key="k")
    key = {"X-API-Key": "k"}
    assert service.handle("GET", "/", {}, None)[0] == 401
    assert service.handle("GET", "/", {"authorization": "Bearer k"}, None)[0] == 200
    assert service.handle("GET", "/nothing", key, None) == (404, {"detail": "Not Found"})
    assert service.handle("GET", "/v1/compress", key, None) == (405, {"detail": "Method Not Allowed"})
    assert service.handle("POST", "/v1/compress", key, b"{")[1]["detail"][0]["type"] == "json_invalid"
    assert service.handle("POST", "/v1/compress", key, b"[]")[1]["detail"][0]["type"] == "model_type"
    status, body = service.handle("POST", "/v1/compress?x=1", key, b'{"datum": 1}')
    assert status == 422
    assert {tuple(problem["loc"]) for problem in body["detail"]} == {("body", "data"), ("body", "datum")}
    with pytest.raises(ValueError, match="dialect"):
        LocalService("klingon")  # type: ignore[arg-type]


@pytest.mark.promise("kaizen.local.loopback")
async def test_the_stand_in_on_a_port() -> None:
    with LocalServer(api_key="k1") as server:
        async with KaizenClient(server.config()) as client:
            answer = await client.typed.prompts_encode({"prompt": ROWS})
            assert answer.saved > 0.3
            assert (await client.health())["status"] == "ok"
        with SyncKaizenClient(server.config(api_key="wrong")) as stranger, pytest.raises(KaizenAPIError) as caught:
            stranger.health()
        assert caught.value.status_code == 401
    idle = LocalServer()
    idle.stop()


def test_a_body_that_is_too_large_is_refused_unread() -> None:
    import http.client

    with LocalServer() as server:
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
        connection.putrequest("POST", "/v1/compress")
        connection.putheader("Content-Length", "99999999999")
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()


def test_the_stand_in_as_a_program() -> None:
    program = [sys.executable, "-m", "kaizen_client.local", "--port", "0", "--dialect", "backend"]
    heeds = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # also where this job does not
    process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heeds)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        with SyncKaizenClient(KaizenClientConfig(line.split()[-1])) as client:
            assert "message" in client.health()
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors


def test_serving_ends_with_ctrl_c(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(self: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalServer, "serve", interrupted)
    monkeypatch.setattr(sys, "argv", ["local", "--port", "0"])
    monkeypatch.delitem(sys.modules, "kaizen_client.local.__main__", raising=False)
    runpy.run_module("kaizen_client.local", run_name="__main__")
    assert "http://127.0.0.1:" in capsys.readouterr().out
    importlib.import_module("kaizen_client.local.__main__")
    assert capsys.readouterr().out == "", "importing the program starts it"


def test_only_failures_of_the_stand_in_itself_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with LocalServer() as server:
        for failure, shown in ((BrokenPipeError("gone"), False), (ValueError("a bug"), True)):
            try:
                raise failure
            except Exception:
                server._server.handle_error(None, ("127.0.0.1", 1))
            assert (str(failure) in capsys.readouterr().err) == shown


@pytest.mark.parametrize("content", [b'{"data": "\\ud800"}', b'{"data": NaN}', b"{", b"\xff", b"[" * 100_000])
def test_bodies_that_are_no_json_are_refused(content: bytes) -> None:
    status, body = LocalService().handle("POST", "/v1/compress", {}, content)
    assert (status, body["detail"][0]["type"]) == (422, "json_invalid")


def test_a_body_of_unknown_length_is_refused_and_its_connection_closed() -> None:
    with LocalServer() as server, socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as peer:
        peer.sendall(b"POST /v1/compress HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
        answer = b"".join(iter(lambda: peer.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.count(b"HTTP/1.1") == 1
