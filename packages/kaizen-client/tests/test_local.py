"""The stand-in: the eight operations without the service; tokens, savings and the command line."""

import importlib
import io
import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tiktoken
import tiktoken.load

from kaizen_client import (
    KaizenAPIError,
    KaizenClient,
    KaizenClientConfig,
    SavingsReport,
    SyncKaizenClient,
    cli,
    estimate_tokens,
    tokens,
)
from kaizen_client.local import LocalServer, LocalService, local_client, sync_local_client
from kaizen_client.local.detection import rewrite
from kaizen_client.tokens import count_tokens

ROWS = [{"id": number, "name": f"user {number}", "note": "a, b"} for number in range(20)]


@pytest.fixture(autouse=True)
def _no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    """tiktoken's tables come from the network; here there is none."""

    def refuse(*args: Any) -> None:
        raise OSError("no network")

    monkeypatch.setattr(tiktoken.load, "read_file", refuse)
    tokens._encoder.cache_clear()


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
    process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        with SyncKaizenClient(KaizenClientConfig(line.split()[-1])) as client:
            assert "message" in client.health()
    finally:
        process.send_signal(2)
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


@pytest.mark.promise("kaizen.tokens.estimate")
def test_tokens_are_estimated_without_tables() -> None:
    assert count_tokens("") == (0, False)
    assert count_tokens("Hello, world!") == (4, False)
    assert count_tokens("a\n  b") == (4, False)
    assert count_tokens("日本") == (2, False)
    assert estimate_tokens("12345 internationalization", "no-such-model") == 5


@pytest.mark.promise("kaizen.tokens.exact")
def test_tokens_are_counted_with_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    ranks = {bytes([byte]): byte for byte in range(256)} | {b"ab": 256}
    encoding = tiktoken.Encoding("small", pat_str=r"\S+|\s+", mergeable_ranks=ranks, special_tokens={})
    monkeypatch.setattr(tiktoken, "encoding_for_model", lambda model: encoding)
    assert count_tokens("abab c", "with-tables") == (4, True)


def test_tokens_are_estimated_without_tiktoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    assert count_tokens("one two", "absent").exact is False


@pytest.mark.promise("kaizen.savings.table")
async def test_the_report_as_a_table() -> None:
    report = SavingsReport(price_per_million=2.5, currency="€")
    assert report.monthly(100) == 0
    async with local_client("backend") as client:
        report.add(ROWS, await client.compress({"data": ROWS}), label="users")
    report.add("plain text", "plain text")
    report.add(ROWS, {"result": "x", "token_stats": {"gpt-4o-mini": {"original": 100, "compressed": 40}}})
    assert report.calls[-1].exact is True
    text = str(report)
    lines = text.split("\n")
    assert lines[0].split() == ["call", "bytes", "KTOF", "saved", "tokens", "KTOF", "saved", "money", "saved"]
    assert lines[2].startswith("users")
    assert lines[3].split()[0:2] == ["call", "2"]
    assert lines[-2].startswith("total")
    assert "estimated" in lines[-1]
    assert report.total.bytes_before == sum(call.bytes_before for call in report.calls)
    assert report.monthly(3_000_000) == pytest.approx(report.total.tokens_saved * 2.5)
    with pytest.raises(ValueError, match="KTOF"):
        report.add(ROWS, {"status": "ok"})
    assert "-" in SavingsReport().table()


@pytest.mark.promise("kaizen.savings.plot")
def test_the_report_as_a_plot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    report = SavingsReport()
    with sync_local_client() as client:
        report.add(ROWS, client.optimize({"data": ROWS}), label="users")
    report.plot(tmp_path / "savings.svg")
    drawn = (tmp_path / "savings.svg").read_text(encoding="utf-8")
    assert "<svg" in drawn
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(RuntimeError, match=r"kaizen-client\[plot\]"):
        report.plot(tmp_path / "again.svg")


@pytest.mark.promise("kaizen.cli.operations")
@pytest.mark.parametrize(
    ("arguments", "given", "expected"),
    [
        (["encode", "--local"], '{"a": [1, 2]}', {"result": "a[2]: 1,2"}),
        (["encode", "--local"], "just text", {"result": "just text"}),
        (["decode", "--local"], "a: 1\n", {"result": {"a": 1}}),
        (["optimize", "--local", "--model", "m"], "[1]", {"result": "[1]: 1"}),
        (["health", "--local"], "", {"operation": "health"}),
    ],
)
def test_the_command_line(
    arguments: list[str], given: str, expected: dict[str, Any], monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))
    assert cli.main(arguments) == 0
    assert expected.items() <= json.loads(capsys.readouterr().out).items()


def test_the_command_line_with_files_text_and_errors(
    tmp_path: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "prompt.json"
    file.write_text('{"a": 1}', encoding="utf-8")
    assert cli.main(["encode", "--local", "--text", "--file", str(file)]) == 0
    assert capsys.readouterr().out == "a: 1\n"
    assert cli.main(["encode", "--local", "--file", str(tmp_path / "missing")]) == 1
    monkeypatch.setenv("KAIZEN_TIMEOUT", "soon")
    assert cli.main(["health"]) == 1
    assert "KAIZEN_TIMEOUT" in capsys.readouterr().err
