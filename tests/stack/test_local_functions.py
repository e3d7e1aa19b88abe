"""A function of the local AWS is a process of its own, as a Lambda environment is."""

import io
import json
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from console.cloud import Cloud
from tests.support.open_aws import make_role
from tests.support.waiting import wait_until

CODE = """
import sys
LOADED = "pydantic" in sys.modules
FOREIGN = [name for name in sys.modules if name.partition(".")[0] in ("ministack", "console")]
import os, time
import own

def handler(event, context):
    if event == "end":
        os._exit(3)
    time.sleep(60 if event == "sleep" else 0.2)
    print("said by", own.NAME)
    told = {"name": own.NAME, "pid": os.getpid(), "loaded": LOADED}
    return told | {"foreign": FOREIGN, "environ": dict(os.environ), "folder": os.getcwd()}
"""


class Functions:
    """Functions that tell of their process."""

    def __init__(self, cloud: Cloud) -> None:
        self._client = cloud.client("lambda")
        self._role = make_role(cloud.client("iam"))

    def make(self, name: str) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("index.py", CODE)
            archive.writestr("own.py", f"NAME = {name!r}")
        self._client.create_function(
            FunctionName=name,
            Runtime="python3.11",
            Handler="index.handler",
            Role=self._role,
            Timeout=2,
            Code={"ZipFile": buffer.getvalue()},
            Environment={"Variables": {f"OF_{name.upper()}": name}},
        )

    def tell(self, name: str, event: str = "") -> Any:
        answer = self._client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        return json.loads(answer["Payload"].read())


@pytest.fixture(scope="module")
def functions(cloud: Cloud) -> Functions:
    made = Functions(cloud)
    for name in ("first", "second"):
        made.make(name)
    return made


def is_there(pid: int) -> bool:
    """Tell whether a process is listed: one that was killed is, until its parent knows."""
    return Path(f"/proc/{pid}").exists()


def test_functions_share_no_code_no_environment_and_no_process(functions: Functions) -> None:
    first, second = map(functions.tell, ("first", "second"))
    assert (first["name"], second["name"]) == ("first", "second")
    assert first["pid"] != second["pid"]
    assert first["folder"] != second["folder"]
    assert first["environ"]["OF_FIRST"] == "first"
    assert "OF_FIRST" not in second["environ"]
    assert first["environ"]["AWS_ACCESS_KEY_ID"] != second["environ"]["AWS_ACCESS_KEY_ID"]
    assert functions.tell("first")["pid"] == first["pid"], "it is kept for the next invocation"


def test_invocations_at_the_same_time_are_processes_of_their_own(functions: Functions) -> None:
    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(functions.tell, ["first"] * 3))
    assert len({one["pid"] for one in told}) == 3


def test_a_function_that_ends_fails_and_is_started_anew(functions: Functions) -> None:
    before = functions.tell("second")["pid"]
    assert "Worker process died" in json.dumps(functions.tell("second", "end"))
    assert functions.tell("second")["pid"] != before


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")
def test_a_function_that_takes_too_long_is_ended(functions: Functions) -> None:
    before = functions.tell("second")["pid"]
    assert "timed out" in json.dumps(functions.tell("second", "sleep"))
    wait_until(lambda: not is_there(before))
    assert functions.tell("second")["name"] == "second"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere an interpreter is started for each")
def test_a_function_starts_with_packages_loaded_and_nothing_of_the_servers(
    functions: Functions,
) -> None:
    told = functions.tell("first")
    assert told["loaded"]
    assert told["foreign"] == []
