"""The local AWS drops the client context of an invocation; the patch that is offered mends it."""

import base64
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import ministack
import pytest
from botocore.exceptions import ClientError

from console.artefact import ROOT
from tests.support.open_aws import NEW_FUNCTION, client, make_role, open_aws

PATCH = ROOT / "docs" / "ministack-client-context.patch"
CUSTOM = {"bedrockAgentCoreToolName": "core___getBalance"}
HANDLER = """
def handler(event, context):
    told = context.client_context
    return told and [told.custom, told.env, told.client]
"""


def patched(folder: Path) -> Path:
    package = Path(ministack.__file__).parent
    leave_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package, folder / "ministack", ignore=leave_out)
    subprocess.run(["git", "apply", str(PATCH)], cwd=folder, check=True)
    return folder


def make_function(endpoint: str) -> Any:
    """Return a client of a service with a function that tells its client context."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", HANDLER)
    make_role(client(endpoint, "iam"))
    functions = client(endpoint, "lambda")
    functions.create_function(**NEW_FUNCTION | {"Code": {"ZipFile": code.getvalue()}})
    return functions


def told(functions: Any, client_context: Any, kind: str = "RequestResponse") -> Any:
    given = {}
    if client_context is not None:
        text = json.dumps(client_context).encode()
        given["ClientContext"] = base64.b64encode(text).decode()
    answer = functions.invoke(FunctionName="trick", InvocationType=kind, Payload=b"{}", **given)
    return json.loads(answer["Payload"].read() or "null")


def test_as_it_comes_it_drops_the_client_context() -> None:
    """When this fails, MiniStack has mended it: drop the patch, and try the gateway's door here."""
    with open_aws() as endpoint:
        assert told(make_function(endpoint), {"custom": CUSTOM}) is None


def test_with_the_patch_a_function_is_given_its_client_context(tmp_path: Path) -> None:
    with open_aws(patched(tmp_path)) as endpoint:
        functions = make_function(endpoint)
        assert told(functions, {"custom": CUSTOM}) == [CUSTOM, None, None]
        assert told(functions, None) is None
        with pytest.raises(ClientError, match="InvalidRequestContentException"):
            told(functions, [CUSTOM])
