"""A KnoxCall of our own on loopback, driven by `contract/operations.json`: it takes nothing that the contract does not.

It plays the management API, the token endpoint, the data plane and refusals. What it receives is recorded; what breaks
the contract is answered 418 and listed in `violations`, which every test checks at its end.
"""

import base64
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from contract_messages import (
    CLIENT_ID,
    CLIENT_SECRET,
    WRITES,
    Answer,
    Seen,
    check_body,
    envelope,
    error,
    find,
    sample,
)
from dpop_verifier import DPoPVerifier, Refused


class _Listener(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


UPSTREAM_MARKS = ("X-Knox-Upstream-Status", "X-Knox-Destination-Status")


class ContractServer:
    """Start with `with`; `script` answers go out first, in order, then what the contract says."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.violations: list[str] = []
        self.script: list[Answer | Callable[[Seen], Answer]] = []
        self.token_script: list[Answer | Callable[[Seen], Answer]] = []
        self.static_keys: set[str] = set()
        self.tokens: dict[str, str | None] = {}
        self.refused: set[str] = set()
        self.assertions: set[str] = set()
        self.refresh_tokens: set[str] = {"rt_1"}
        self.refreshes = 0
        self.require_dpop = False
        self.rotate_nonce = False
        self.token_extra: dict[str, Any] = {}
        self.upstream: Callable[[Seen], Answer] | None = None
        self.verifier = DPoPVerifier()
        self._lock = threading.Lock()
        self._nonce = 0
        self._http = _Listener(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def token_requests(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == "/oauth/token"]

    @property
    def api_requests(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.path != "/oauth/token"]

    def __enter__(self) -> "ContractServer":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, seen: Seen) -> Answer:
        """The answer to one request."""
        with self._lock:
            self.seen.append(seen)
            script = self.token_script if seen.path == "/oauth/token" else self.script
            scripted = script.pop(0) if script else None
        if scripted is not None:
            return scripted(seen) if callable(scripted) else scripted
        try:
            with self._lock:
                if seen.path == "/oauth/token":
                    return self._with_nonce(self._token(seen))
                if "x-knoxcall-route" in seen.headers or seen.path == "/v1/proxy":
                    return self._with_nonce(self._proxied(seen))
                if seen.path.startswith("/v1/signup"):
                    return self._signup(seen)
                return self._with_nonce(self._managed(seen))
        except Refused as refusal:
            if refusal.code == "use_dpop_nonce":
                status = 400 if seen.path == "/oauth/token" else 401
                challenge = {
                    "WWW-Authenticate": f'DPoP error="{refusal.code}"',
                    "DPoP-Nonce": self.verifier.nonce or "",
                }
                return Answer(status, {"error": refusal.code}, challenge)
            return self._violation(seen, f"DPoP: {refusal}")
        except (AssertionError, KeyError, ValueError) as exc:
            return self._violation(seen, repr(exc))

    def _violation(self, seen: Seen, text: str) -> Answer:
        self.violations.append(f"{seen.method} {seen.target}: {text}")
        return error(418, "contract_violation", text)

    def _with_nonce(self, answer: Answer) -> Answer:
        if not self.rotate_nonce or any(name in answer.headers for name in UPSTREAM_MARKS):
            return answer  # what the upstream says has no nonce of ours
        self._nonce += 1
        self.verifier.nonce = f"nonce-{self._nonce}"
        return Answer(answer.status, answer.body, {**answer.headers, "DPoP-Nonce": self.verifier.nonce})

    # the token endpoint

    def _token(self, seen: Seen) -> Answer:
        assert seen.method == "POST"
        assert seen.query == ""
        assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
        assert seen.headers["accept"] == "application/json"
        assert "knoxcall-version" not in seen.headers
        assert "x-idempotency-key" not in seen.headers
        form = seen.form
        refusal = {
            "client_credentials": self._client_credentials,
            "refresh_token": self._refresh,
            "urn:ietf:params:oauth:grant-type:token-exchange": self._exchange,
        }[form["grant_type"]](seen, form)
        if refusal is not None:
            return refusal
        if self.require_dpop and "dpop" not in seen.headers:
            return Answer(400, {"error": "invalid_dpop_proof", "error_description": "a proof is needed"})
        thumbprint = self.verifier.check(seen, self.url, token=None) if "dpop" in seen.headers else None
        token = f"kc_live_tok_{len(self.tokens) + 1}"
        self.tokens[token] = thumbprint
        kind = "DPoP" if thumbprint else "Bearer"
        body = {"access_token": token, "token_type": kind, "expires_in": 3600, "scope": form.get("scope", "")}
        if form["grant_type"] == "refresh_token":
            rotated = f"rt_{len(self.tokens) + 1}"
            self.refresh_tokens = {rotated}
            body["refresh_token"] = rotated
        return Answer(200, body | self.token_extra)

    def _client_credentials(self, seen: Seen, form: dict[str, str]) -> Answer | None:
        assert set(form) <= {"grant_type", "scope"}
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if seen.headers["authorization"] != f"Basic {basic}":
            return Answer(401, {"error": "invalid_client", "error_description": "who?"})
        return None

    def _refresh(self, seen: Seen, form: dict[str, str]) -> Answer | None:
        assert set(form) == {"grant_type", "refresh_token", "client_id"}
        assert "authorization" not in seen.headers
        self.refreshes += 1
        if form["refresh_token"] not in self.refresh_tokens:
            self.refresh_tokens = set()  # a token used twice ends the whole family
            return Answer(400, {"error": "invalid_grant", "error_description": "used before"})
        return None

    def _exchange(self, seen: Seen, form: dict[str, str]) -> Answer | None:
        assert form["subject_token_type"] == "urn:ietf:params:oauth:token-type:id_token"
        assert form["audience"] == "knoxcall:api"
        assert set(form) <= {"grant_type", "subject_token_type", "subject_token", "audience", "scope"}
        assert "authorization" not in seen.headers
        assert form["subject_token"] not in self.assertions, "an assertion was used twice"
        self.assertions.add(form["subject_token"])
        return None

    # access

    def _authorized(self, seen: Seen, *, legacy_header: bool = False) -> bool:
        if legacy_header and "x-knoxcall-key" in seen.headers:
            assert "authorization" not in seen.headers
            assert not seen.headers["x-knoxcall-key"].startswith("kc_")
            return seen.headers["x-knoxcall-key"] in self.static_keys
        scheme, _, token = seen.headers["authorization"].partition(" ")
        assert scheme in ("Bearer", "DPoP")
        assert (scheme == "DPoP") == ("dpop" in seen.headers)
        if token in self.static_keys:
            return scheme == "Bearer"
        if token not in self.tokens or token in self.refused:
            return False
        bound = self.tokens[token]
        assert (scheme == "DPoP") == (bound is not None), "a token was presented as another type"
        return scheme == "Bearer" or self.verifier.check(seen, self.url, token=token) == bound

    # the management API

    def _managed(self, seen: Seen) -> Answer:
        operation, arguments = find(seen)
        headers = seen.headers
        assert headers["accept"] == "application/json"
        assert headers["user-agent"].startswith("knoxcall-sdk-python/")
        assert headers["knoxcall-version"] == "2026-08-05"
        assert ("x-idempotency-key" in headers) == (seen.method in WRITES)
        if not self._authorized(seen):
            return error(401, "unauthorized")
        pairs = parse_qsl(seen.query, keep_blank_values=True, strict_parsing=bool(seen.query))
        assert {name for name, _ in pairs} <= {*(operation["query"] or {}), *operation.get("query_constants", {})}
        assert len(dict(pairs)) == len(pairs)
        check_body(operation, seen)
        return envelope(operation, dict(pairs), arguments)

    # the data plane

    def _proxied(self, seen: Seen) -> Answer:
        ephemeral = seen.path == "/v1/proxy"
        assert "knoxcall-version" not in seen.headers
        assert "x-idempotency-key" not in seen.headers
        if ephemeral:
            assert seen.headers["x-knox-proxy-url"].startswith("https://")
        if not self._authorized(seen, legacy_header=not ephemeral):
            return Answer(401, "Unauthorized")
        if self.upstream is not None:
            return self.upstream(seen)
        told = {"method": seen.method, "target": seen.target, "body": seen.body.decode("latin-1")}
        mark = "X-Knox-Destination-Status" if ephemeral else "X-Knox-Upstream-Status"
        return Answer(200, told, {mark: "200"})

    def _signup(self, seen: Seen) -> Answer:
        assert seen.method == "POST"
        assert "authorization" not in seen.headers
        assert "knoxcall-version" not in seen.headers
        assert seen.headers["content-type"] == "application/json"
        if seen.path == "/v1/signup":
            assert {"email", "tenant_name"} <= set(seen.json)
            return Answer(202, {"data": sample("SignupResult")})
        assert set(seen.json) == {"claim_handle"}
        return Answer(200, {"data": sample("SignupClaimResult")})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_one_request(self) -> None:
                try:
                    self.raw_requestline = self.rfile.readline(65537)
                except ConnectionError:
                    self.raw_requestline = b""
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                assert len(headers) == len(self.headers), "a header was sent twice"
                body = self.rfile.read(int(headers.get("content-length", 0)))
                try:
                    self.reply(server.answer(Seen(self.command, self.path, headers, body)))
                except ConnectionError:  # the client did not wait
                    self.close_connection = True

            def reply(self, answer: Answer) -> None:
                if answer.drop:
                    self.close_connection = True
                    return
                if "Date" in answer.headers:
                    self.send_response_only(answer.status)
                else:
                    self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.chunks:
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    for chunk in answer.chunks:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                        self.wfile.flush()
                    self.wfile.write(b"0\r\n\r\n")
                    return
                if answer.status != 204:
                    self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.content)

            def log_message(self, *args: Any) -> None:
                pass

        return Handler
