"""The local AWS opens to its user alone; each trick gets into MiniStack as it comes."""

import hashlib
import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from console import credentials
from console.local_stack import LocalStack
from tests.support.command import centli
from tests.support.deployed import Deployed
from tests.support.open_aws import ACCOUNT, NEW_FUNCTION, caller, client, make_role, open_aws

Headers = dict[str, str]

Answer = tuple[int, Headers, bytes]

FUNCTIONS = "/2015-03-31/functions"

TODAY = datetime.now(UTC).strftime("%Y%m%d")

NOW = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")

FORGED = "0" * 64

NOBODY = 65534


def scope(key: str, service: str) -> str:
    return f"{key}/{TODAY}/us-east-1/{service}/aws4_request"


def authorization(key: str, service: str = "lambda") -> str:
    return (
        f"AWS4-HMAC-SHA256 Credential={scope(key, service)}, "
        f"SignedHeaders=host;x-amz-date, Signature={FORGED}"
    )


QUERY = f"X-Amz-Algorithm=none&X-Amz-Credential={scope('test', 'lambda')}&X-Amz-Signature=none"


def send(
    endpoint: str, method: str, path: str, headers: Headers | None = None, body: str = ""
) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=20)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    shown = {name.lower(): value for name, value in answer.getheaders()}
    result = answer.status, shown, answer.read()
    connection.close()
    return result


Trick = Callable[[str], Answer]

TRICKS: dict[str, Trick] = {
    "root by name in the query string, as a page may send it": lambda endpoint: send(
        endpoint,
        "POST",
        f"{FUNCTIONS}?{QUERY}",
        {"Content-Type": "text/plain"},
        json.dumps({**NEW_FUNCTION, "FunctionName": "by-query"}),
    ),
    "root by the older name of the query string": lambda endpoint: send(
        endpoint, "GET", f"{FUNCTIONS}?AWSAccessKeyId=test&Signature=forged"
    ),
    "a bucket by a presigned address": lambda endpoint: send(
        endpoint,
        "PUT",
        client(endpoint, "s3")
        .generate_presigned_url("create_bucket", Params={"Bucket": "presigned"})
        .removeprefix(endpoint),
    ),
    "root by name in a header": lambda endpoint: send(
        endpoint,
        "GET",
        FUNCTIONS,
        {"Authorization": authorization("test"), "X-Amz-Date": NOW},
    ),
    "an account by its number": lambda endpoint: send(
        endpoint,
        "GET",
        FUNCTIONS,
        {"Authorization": authorization(ACCOUNT), "X-Amz-Date": NOW},
    ),
    "an older signature": lambda endpoint: send(
        endpoint, "GET", "/", {"Authorization": "AWS test:forged"}
    ),
    "a second name behind the first": lambda endpoint: send(
        endpoint,
        "GET",
        FUNCTIONS,
        {
            "Authorization": f"{authorization('test')}, Credential={scope('other', 'lambda')}",
            "X-Amz-Date": NOW,
        },
    ),
    "its settings": lambda endpoint: send(
        endpoint, "POST", "/_ministack/config", body='{"stepfunctions._sfn_mock_config": "{}"}'
    ),
    "how it is": lambda endpoint: send(endpoint, "GET", "/_ministack/health"),
    "how it is, by the other name": lambda endpoint: send(endpoint, "GET", "/_localstack/health"),
    "leave for a page": lambda endpoint: send(
        endpoint, "OPTIONS", "/", {"Origin": "http://evil.example"}
    ),
    "erasing everything": lambda endpoint: send(endpoint, "POST", "/_ministack/reset"),
}


@pytest.fixture(scope="module")
def open_endpoint() -> Iterator[str]:
    with open_aws() as endpoint:
        make_role(client(endpoint, "iam"))
        yield endpoint


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_that_gets_into_ministack_does_not_get_into_the_local_aws(
    open_endpoint: str, local_stack: LocalStack, trick: str
) -> None:
    assert TRICKS[trick](open_endpoint)[0] < 300
    status, headers, body = TRICKS[trick](local_stack.endpoint)
    assert status == 403
    assert b"<Error><Code>" in body
    assert not any(name.startswith("access-control-") for name in headers)


def signed(stack: LocalStack, host: str, **headers: str) -> Headers:
    """Return the headers of a request for the functions, signed with the right secret."""
    request = AWSRequest(
        "GET", f"{stack.endpoint}{FUNCTIONS}", headers={"Host": host, **headers}, data=b""
    )
    secret = stack.cloud().secret
    SigV4Auth(Credentials(ACCOUNT, secret), "lambda", "us-east-1").add_auth(request)
    return dict(request.headers)


def test_a_right_signature_comes_in_by_the_names_of_this_machine_only(
    local_stack: LocalStack,
) -> None:
    port = local_stack.port
    for host, expected in {
        f"127.0.0.1:{port}": 200,
        f"localhost:{port}": 200,
        f"evil.example:{port}": 403,
        "127.0.0.1": 403,
        f"127.0.0.1:{port}.evil.example": 403,
    }.items():
        headers = signed(local_stack, host)
        assert send(local_stack.endpoint, "GET", FUNCTIONS, headers)[0] == expected, host


@pytest.mark.parametrize("header", ["Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode"])
def test_a_right_signature_does_not_come_in_from_a_web_page(
    local_stack: LocalStack, header: str
) -> None:
    headers = signed(local_stack, f"127.0.0.1:{local_stack.port}")
    assert send(local_stack.endpoint, "GET", FUNCTIONS, headers)[0] == 200
    page = {**headers, header: "null"}
    assert send(local_stack.endpoint, "GET", FUNCTIONS, page)[0] == 403


def test_readiness_is_told_to_every_process_and_to_no_page(local_stack: LocalStack) -> None:
    ready = "/_ministack/ready"
    assert send(local_stack.endpoint, "GET", ready)[0] == 200
    assert send(local_stack.endpoint, "POST", ready)[0] == 403
    assert send(local_stack.endpoint, "GET", ready, {"Origin": "null"})[0] == 403
    assert send(local_stack.endpoint, "GET", ready, {"Host": "evil.example"})[0] == 403


def test_administration_is_shut_to_a_function_that_signs(deployed: Deployed) -> None:
    role = deployed.client_of_role("sts", "centli-crm")
    assert ":assumed-role/" in role.get_caller_identity()["Arn"]

    administration = boto3.client(
        "lambda",
        endpoint_url=f"{deployed.cloud.endpoint}/_ministack/reset?",
        region_name="us-east-1",
        aws_access_key_id=deployed.cloud.account,
        aws_secret_access_key=deployed.cloud.secret,
    )
    with pytest.raises(ClientError, match="shut"):
        administration.list_functions()
    assert deployed.table("accounts")


def derived(function_arn: str, role_arn: str) -> dict[str, str]:
    """Return the credentials that MiniStack makes of a function's name."""

    def digest(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    name = digest(f"{function_arn}:{role_arn}")
    return {
        "aws_access_key_id": f"ASIA{name[:16].upper()}",
        "aws_secret_access_key": digest(f"secret:{name}"),
        "aws_session_token": digest(f"token:{name}"),
    }


def test_the_credentials_of_a_function_do_not_follow_from_its_name(
    deployed: Deployed,
) -> None:
    with open_aws() as another:
        make_role(client(another, "iam"))
        functions = client(another, "lambda")
        code = {"ZipFile": b"PK\x05\x06" + bytes(18)}
        made = functions.create_function(**{**NEW_FUNCTION, "Code": code})
        functions.invoke(FunctionName=made["FunctionName"], Payload=b"{}")
        keys = derived(made["FunctionArn"], made["Role"])
        assert ":assumed-role/" in caller(another, keys)

    assert deployed.call("getBalance")[0] == 200
    function = deployed.cloud.client("lambda").get_function_configuration(
        FunctionName="centli-core-banking"
    )
    keys = derived(function["FunctionArn"], function["Role"])
    assert caller(str(deployed.cloud.endpoint), keys) == "UnrecognizedClientException"


AS_SOMEBODY = """
import encodings.idna, http.client, json, os, pathlib, sys
asked = json.load(sys.stdin)
if asked["uid"]:
    os.setgroups([]); os.setgid(asked["uid"]); os.setuid(asked["uid"])
seen = []
def look(path):
    try:
        seen.append(path.read_bytes())
    except OSError:
        pass
look(pathlib.Path(asked["file"]))
for process in pathlib.Path("/proc").glob("[0-9]*"):
    if process.name != str(os.getpid()):
        look(process / "cmdline"), look(process / "environ")
def files(path):
    try:
        return [str(p) for p in pathlib.Path(path).rglob("*")]
    except OSError:
        return []
connection = http.client.HTTPConnection(asked["address"], timeout=20)
connection.request("GET", "/2015-03-31/functions?" + asked["query"])
print(json.dumps({
    "looked": len(seen),
    "secret": any(asked["secret"].encode() in text for text in seen),
    "files": files(asked["folder"]),
    "status": connection.getresponse().status,
}))
"""


def as_somebody(uid: int, endpoint: str, stack: LocalStack) -> dict[str, Any]:
    asked = {
        "uid": uid,
        "query": QUERY,
        "address": urlsplit(endpoint).netloc,
        "file": str(credentials.file_of(stack.port)),
        "folder": str(stack.log.parent),
        "secret": stack.cloud().secret,
    }
    shown = subprocess.run(
        [sys.executable, "-c", AS_SOMEBODY],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    seen: dict[str, Any] = json.loads(shown.stdout)
    return seen


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_another_user_of_the_machine_sees_no_secret_and_gets_in_nowhere(
    open_endpoint: str, local_stack: LocalStack
) -> None:
    assert as_somebody(NOBODY, open_endpoint, local_stack)["status"] == 200

    seen = as_somebody(NOBODY, local_stack.endpoint, local_stack)
    assert seen["looked"] > 0  # command lines are everybody's to read
    assert (seen["secret"], seen["files"], seen["status"]) == (False, [], 403)

    own = as_somebody(0, local_stack.endpoint, local_stack)
    assert own["secret"]
    assert own["files"]


def test_the_secret_is_in_no_log_and_no_error(local_stack: LocalStack, deployed: Deployed) -> None:
    wrong = client(
        local_stack.endpoint, "sts", aws_access_key_id=ACCOUNT, aws_secret_access_key="wrong"
    )
    with pytest.raises(ClientError, match="SignatureDoesNotMatch") as refused:
        wrong.get_caller_identity()

    secret = local_stack.cloud().secret
    assert secret not in str(refused.value)
    assert secret not in repr(local_stack.cloud())
    assert secret not in local_stack.log.read_text()
    environment = Path(f"/proc/{local_stack.process_id}/environ")
    if environment.exists():
        assert secret.encode() not in environment.read_bytes()


def test_without_credentials_of_ones_own_a_command_says_how_to_start_a_stack(
    open_endpoint: str,
) -> None:
    port = re.sub(r".*:", "", open_endpoint)
    shown = centli("invoke", "getBalance", "--port", port)
    assert shown.returncode == 1
    assert "You have no local stack on port" in shown.stderr
