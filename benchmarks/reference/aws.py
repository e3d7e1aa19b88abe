"""AWS for the benchmarks: the tables, the bus and the key of the tests, behind AWS's own protocol.

A client's request gets the answer that AWS would send for it, so that everything of a client runs:
in this process (`played`), or over HTTPS from a process of its own (`serve`), so that a client pays
for its connection too.
"""

import base64
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import botocore.handlers
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.clock_and_bus import ListeningBus
from tests.support.dynamodb import StrictDynamoDB
from tests.support.kms import InMemoryKms
from tests.support.tables import CONFIRMATION_KEY_ARN, function_environment, table_properties
from tests.support.world import seeded_tables

HOST = "localhost"
AUTHORITY = "authority.pem"
USER = "user-maria"
CREDENTIALS = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "benchmark",
    "AWS_SECRET_ACCESS_KEY": "benchmark",
}


def environment() -> dict[str, str]:
    """Return the variables of a function of an agent, without the need of the customer's yes."""
    large = dict.fromkeys(
        ("MAX_TRANSFER_AMOUNT", "DAILY_TRANSFER_LIMIT", "NEW_PAYEE_LIMIT"), "1000000000"
    )
    return {
        **function_environment(),
        **CREDENTIALS,
        **large,
        "CONFIRMATION_KEY_ARN": CONFIRMATION_KEY_ARN,
        "DOORS": "agent",
        "AGENT_WAIT_SECONDS": "0",
        "REQUIRE_CONFIRMATION": "never",
    }


class Aws:
    """The seeded bank. `calls` are the operations so far, by service and name."""

    def __init__(self) -> None:
        self.refill()
        self.bus = ListeningBus()
        self.kms = InMemoryKms()
        self.calls: list[str] = []

    def refill(self) -> None:
        """Make the tables hold what the seeds add, and nothing else."""
        self.tables = StrictDynamoDB(table_properties())
        self.tables.copy_from(seeded_tables())

    def answer(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Return the status and the body for a request, as AWS's JSON protocol has them."""
        service, _, operation = target.partition(".")
        self.calls.append(operation)
        request = json.loads(body)
        try:
            return 200, json.dumps(self._carried_out(service, operation, request)).encode()
        except ClientError as error:
            told: dict[str, Any] = dict(error.response)
            described = told.pop("Error")
            told.pop("ResponseMetadata", None)
            told |= {"__type": described["Code"], "message": described["Message"]}
            return 400, json.dumps(told).encode()

    def _carried_out(self, service: str, operation: str, request: dict[str, Any]) -> Any:
        if operation == "DescribeEndpoints":
            return {"Endpoints": [{"Address": HOST, "CachePeriodInMinutes": 1440}]}
        if service.startswith("DynamoDB"):
            answer = getattr(self.tables, _snake(operation))(**request)
            return {name: held for name, held in answer.items() if name != "ResponseMetadata"}
        if operation == "TestEventPattern":
            return {"Result": False}
        if service == "AWSEvents":
            return self.bus.put_events(**request)
        blobs = {name: base64.b64decode(request[name]) for name in ("Message", "Mac")}
        return self.kms.verify_mac(**{**request, **blobs})


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


@contextmanager
def played(aws: Aws) -> Iterator[None]:
    """Let every client that is made meanwhile be answered in this process."""

    def answer(request: Any, **_: Any) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        name = target.decode() if isinstance(target, bytes) else target
        status, body = aws.answer(name, request.body)
        return AWSResponse(request.url, status, HTTPHeaders(), _Body(body))

    handler = ("before-send", answer)
    botocore.handlers.BUILTIN_HANDLERS.append(handler)
    try:
        yield
    finally:
        botocore.handlers.BUILTIN_HANDLERS.remove(handler)


class _Body:
    """What botocore reads of a response."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._content


@contextmanager
def certified(folder: Path) -> Iterator[tuple[ssl.SSLContext, Path]]:
    """Yield the TLS of a server on this machine, and a file of authorities that has its own.

    The file has all authorities of botocore besides: reading them is part of a first call. Its own
    is in `authority.pem` alone, too.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    server, authorities = folder / "server.pem", folder / "authorities.pem"
    server.write_bytes(private + certificate)
    (folder / AUTHORITY).write_bytes(certificate)
    known = Path(botocore.__file__).with_name("cacert.pem").read_bytes()
    authorities.write_bytes(known + certificate)
    yield context_of(folder), authorities


def context_of(folder: Path) -> ssl.SSLContext:
    """Return the TLS of a server with the certificate in a folder."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def serve(aws: Aws, context: ssl.SSLContext, tell_port: Callable[[int], object]) -> None:
    """Answer over HTTPS until the process ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, content = aws.answer(self.headers["X-Amz-Target"], body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    tell_port(server.server_port)
    server.serve_forever()
