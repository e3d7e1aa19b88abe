"""The server of the web chat: it serves the page to this machine until Ctrl-C."""

import asyncio
import secrets
import socket
import webbrowser
from threading import Thread

import uvicorn

from console.chat.session import ChatService
from console.web.app import Web
from console.where import HOST

_ANSWERS_END_SECONDS = 5
"""An answer that its client does not read, or a request that never ends, is then cut off."""


def serve(service: ChatService, listening: socket.socket, *, open_browser: bool) -> int:
    """Serve the web chat until the process is told to end, and return its exit code."""
    server = WebChatServer(service, listening)
    print(
        f"\nThe web chat is at\n\n  {server.address}\n\n"
        "Whoever has this address may act as the customers: keep it to yourself. Ctrl-C ends it.",
        flush=True,
    )
    if open_browser:
        # a browser in the terminal would hold up the server that it asks
        Thread(target=webbrowser.open, args=(server.address,), daemon=True).start()
    server.run()
    return 0


class WebChatServer:
    """The web chat's server."""

    def __init__(self, service: ChatService, listening: socket.socket) -> None:
        """Take what is served, and a socket that listens; it is closed at the end."""
        self._socket = listening
        self.port: int = listening.getsockname()[1]
        token = secrets.token_urlsafe(32)
        self.address = f"http://{HOST}:{self.port}/#token={token}"
        self._web = Web(service)
        self._server = _Server(
            self._web,
            uvicorn.Config(
                self._web.guarded(token=token, port=self.port),
                http="h11",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_ANSWERS_END_SECONDS,
            ),
        )

    def run(self) -> None:
        """Serve until `stop` or a signal; turns under way, which may move money, end first."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
            if not self._web.wait_until_idle():
                print("centli: a turn had not ended; look at the balances.", flush=True)

    def stop(self) -> None:
        """Let `run` end soon."""
        self._server.should_exit = True


class _Server(uvicorn.Server):
    def __init__(self, web: Web, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._web = web

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the endless streams first: the server waits for every answer to end."""
        self._web.close()
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()  # it did not end in time
        await asyncio.sleep(0)
