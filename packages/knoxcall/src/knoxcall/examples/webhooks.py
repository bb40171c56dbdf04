"""Receive webhooks, and see which deliveries are believed. It runs on this machine alone, without any credential.

    python -m knoxcall.examples.webhooks [FORMAT]

FORMAT is the webhook's `hmac_format`: legacy (the default), stripe, github, slack, aws-sns or custom. The deliveries
are signed as KnoxCall signs them and sent over a real connection; the receiver is all that an application needs.
"""

import http.client
import json
import sys
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from knoxcall import MemoryReplayStore, WebhookSignatureVerificationError, receive_webhook, sign_webhook

SECRETS = ["whsec_new", "whsec_old"]  # both are taken while the old one is being replaced
HEADER = "X-Acme-Signature"  # for format custom, whose header is ours to name
accepted = MemoryReplayStore()


class Receiver(BaseHTTPRequestHandler):
    webhook_format: Any = "legacy"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            with receive_webhook(
                body, self.headers, SECRETS, replay_store=accepted, format=self.webhook_format, header_name=HEADER
            ) as event:  # what fails in here comes again
                text = f"believed: {event['event']} at {event['timestamp']}"
        except WebhookSignatureVerificationError as refusal:
            self.answer(400, str(refusal))
        else:
            self.answer(200, text)

    def answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


def event_of(moment: datetime) -> bytes:
    """The body of a delivery made at that moment."""
    response = {"status": 502, "latency_ms": 42}
    data = {"route_name": "payments", "environment": "production", "response": response}
    return json.dumps({"event": "request.server_error", "timestamp": moment.isoformat(), "data": data}).encode()


def deliver(port: int, what: str, body: bytes, headers: dict[str, str]) -> None:
    """Send one delivery and show how it was answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/webhooks", body, headers)
    answer = connection.getresponse()
    print(f"{what:24} {answer.status}  {answer.read().decode()}")
    connection.close()


def main(webhook_format: Any) -> None:
    Receiver.webhook_format = webhook_format
    now = datetime.now(timezone.utc)
    body, old = event_of(now), event_of(now - timedelta(hours=1))

    def sign(content: bytes, secret: str, moment: datetime = now) -> dict[str, str]:
        seconds = int(moment.timestamp())
        return sign_webhook(content, secret, format=webhook_format, timestamp=seconds, header_name=HEADER)

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        port = server.server_port
        deliver(port, "genuine", body, sign(body, "whsec_new"))
        deliver(port, "the same again", body, sign(body, "whsec_new"))
        later = event_of(now + timedelta(seconds=1))
        deliver(port, "signed with the old key", later, sign(later, "whsec_old", now + timedelta(seconds=1)))
        deliver(port, "forged", body, sign(body, "whsec_guessed"))
        deliver(port, "changed on its way", body.replace(b"502", b"200"), sign(body, "whsec_new"))
        deliver(port, "an hour old", old, sign(old, "whsec_new", now - timedelta(hours=1)))
        deliver(port, "not signed", body, {})
        server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "legacy")
