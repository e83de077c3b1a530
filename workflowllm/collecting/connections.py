"""Connections for downloads: to public addresses only, and cut at a deadline whatever the server does meanwhile."""

import contextlib
import http.client
import ipaddress
import socket
import threading
import urllib.parse
import urllib.request
from typing import Any

from workflowllm.shortcuts.model.errors import ShortcutError


class FetchError(ShortcutError):
    """An address that could not be fetched: one sentence."""


class Connections:
    """The connections of one download, redirects included, as a context that ends them.

    A socket's timeout bounds the wait for one byte. A server that sends a byte before each timeout is cut off by a
    timer: it shuts the sockets down, through duplicates that stay valid when TLS takes a socket over.
    """

    def __init__(self, deadline: float, allows_private: bool):
        self.allows_private = allows_private
        self.is_over = False  # whether the deadline has cut the connections
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(deadline, self._cut)
        self._timer.daemon = True
        self._proxies = {urllib.parse.urlsplit(proxy).hostname for proxy in urllib.request.getproxies().values()}

    def __enter__(self) -> "Connections":
        self._timer.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._timer.cancel()
        with self._lock:
            for open_socket in self._sockets:
                open_socket.close()
            self._sockets.clear()

    def handlers(self) -> list[urllib.request.BaseHandler]:
        """urllib's handlers of http and https, which connect through `connect`."""

        class Http(http.client.HTTPConnection):
            def __init__(connection, *arguments: Any, **options: Any):
                super().__init__(*arguments, **options)
                connection._create_connection = self.connect

        class Https(http.client.HTTPSConnection):
            def __init__(connection, *arguments: Any, **options: Any):
                super().__init__(*arguments, **options)
                connection._create_connection = self.connect

        return [_HttpHandler(Http), _HttpsHandler(Https)]

    def connect(self, address: tuple[str, int], timeout: float, source_address: Any = None) -> socket.socket:
        """A socket that is connected to the first reachable address of a host. Raises FetchError where one of the
        host's addresses is not public. The addresses that were checked are those that are connected to, so that a
        name server cannot give another answer in between.
        """
        host, port = address
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        if not self.allows_private and host not in self._proxies:
            for *_, (ip, *_) in found:
                check_public(host, ip)
        failure: OSError = OSError(f"{host} has no address")
        for family, kind, protocol, _, target in found:
            if self.is_over:
                break
            candidate = socket.socket(family, kind, protocol)
            try:
                candidate.settimeout(timeout)
                self._watch(candidate)
                candidate.connect(target)
                return candidate
            except OSError as error:
                failure = error
                candidate.close()
        raise failure

    def _watch(self, candidate: socket.socket) -> None:
        with self._lock:
            self._sockets.append(candidate.dup())

    def _cut(self) -> None:
        self.is_over = True
        with self._lock:
            for open_socket in self._sockets:
                with contextlib.suppress(OSError):
                    open_socket.shutdown(socket.SHUT_RDWR)


class _HttpHandler(urllib.request.HTTPHandler):
    def __init__(self, connection: type[http.client.HTTPConnection]):
        super().__init__()
        self.connection = connection

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self.connection, req)


class _HttpsHandler(urllib.request.HTTPSHandler):
    def __init__(self, connection: type[http.client.HTTPSConnection]):
        super().__init__()
        self.connection = connection

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self.connection, req)


def check_public(host: str, ip: str) -> None:
    """Raise FetchError where an address is of this machine, its network, or otherwise not of the public internet."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    if not address.is_global or address.is_multicast:
        raise FetchError(f"{host[:200]} has the address {ip}, which is not public; nothing is fetched from there.")
