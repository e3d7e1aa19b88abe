"""`centli web` as it is run: it prints an address, serves it, and Ctrl-C ends it."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable

from console.deployment import Deployment
from tests.support.window import Window

CENTLI = "import sys; from console.cli import main; sys.exit(main())"
STOP_SECONDS = 30


def test_the_command_serves_until_it_is_interrupted(
    deployment: Deployment, open_window: Callable[..., Window]
) -> None:
    endpoint = deployment.cloud.endpoint
    assert endpoint is not None
    command = ["web", "--no-browser", "--web-port", "0", "--port", endpoint.rsplit(":", 1)[1]]
    with subprocess.Popen(
        [sys.executable, "-c", CENTLI, *command], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        address = ""
        while not address:
            line = process.stdout.readline()
            assert line, "it ended without an address"
            found = re.search(r"http://127\.0\.0\.1:\d+/#token=\S+", line)
            address = found[0] if found else ""
        window = open_window(address)
        window.say("¿Cuánto tengo?")
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_SECONDS) == 130
        window.errors.clear()  # the page notices that it is alone
    port = int(address.split(":")[2].partition("/")[0])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
