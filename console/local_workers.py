"""The processes of the local AWS's functions, forked off one that has their packages loaded.

Most of what a function takes to start is to import packages that all functions share, and to read
botocore's descriptions of services. This is the program of the process that has done both. It is
started as a script, in a clean environment, with a socket as its standard input; it ends when the
socket's other end is gone.

A request is one message: JSON of the script to run, its folder and its environment, with four open
files: standard input, output and error, and one that tells the process's number and is closed when
it ends. Requests come one by one and are not answered.
"""

import json
import os
import runpy
import signal
import socket
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

import botocore.session
import simplejson
from botocore.loaders import JSONFileLoader, Loader
from pydantic import BaseModel, TypeAdapter

_SERVICES = ("dynamodb", "events", "kms", "lambda", "sqs")
_MAX_REQUEST_BYTES = 256 * 1024
_FILES = 4


class FilesReadOnce(JSONFileLoader):
    """Loads files for all sessions, those of the processes that are forked too."""

    @staticmethod
    @cache
    def load_file(file_path: str) -> Any:
        """Return what a file holds."""
        return JSONFileLoader().load_file(file_path)


def _load() -> None:
    """Do what functions do first, so that what it imports and reads is there."""

    class Model(BaseModel):
        name: str

    TypeAdapter(Model).validate_python(simplejson.loads('{"name": ""}'))
    Loader.FILE_LOADER_CLASS = FilesReadOnce
    session = botocore.session.get_session()
    for service in _SERVICES:
        session.create_client(service, region_name="us-east-1")


def _run(request: bytes, files: Sequence[int]) -> None:
    """Become the process of a function, as if this interpreter had been started for it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    script, folder, environment = json.loads(request)
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    os.write(files[3], str(os.getpid()).encode())
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    runpy.run_path(script, run_name="__main__")
    sys.stdout.flush()


def main() -> None:
    """Fork a process for each request."""
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever asked sees the end by a closed file
    with socket.socket(fileno=os.dup(0)) as requests:
        while True:
            request, files, _, _ = socket.recv_fds(requests, _MAX_REQUEST_BYTES, _FILES)
            if not request:
                return
            if os.fork() == 0:
                code = 1
                try:
                    requests.close()
                    _run(request, files)
                    code = 0
                except BaseException:  # noqa: BLE001 it ends here, as an interpreter would
                    sys.excepthook(*sys.exc_info())
                finally:
                    os._exit(code)
            for file in files:
                os.close(file)


if __name__ == "__main__":
    main()
