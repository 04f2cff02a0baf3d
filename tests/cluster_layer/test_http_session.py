"""Sockets of requests that nobody waits for any more, towards a server that neither answers nor says good-bye."""

import asyncio
import gc
import socket
import ssl
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest
from pytest_mock import MockerFixture

from kubectl_mc.cluster import connection
from kubectl_mc.cluster.errors import Subject
from kubectl_mc.demo.certificate import Certificate, self_signed
from kubectl_mc.model.resources import PODS
from tests.cluster_layer.servers import access, connected, until

LIST = Subject("list", PODS, "demo")


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return self_signed("test", "127.0.0.1")


@dataclass
class Silent:
    """A server that takes one connection and keeps its socket, whatever the other side does."""

    url: str
    connected: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def serve(self, listener: socket.socket, tls: ssl.SSLContext | None) -> None:
        accepted, _ = listener.accept()
        self.connected.set()
        with accepted, suppress(OSError):
            served = tls.wrap_socket(accepted, server_side=True) if tls is not None else accepted
            with served:
                if tls is not None:
                    served.recv(1000)
                    self.asked.set()
                self.released.wait()
        self.released.wait()


@contextmanager
def silent(tls: ssl.SSLContext | None) -> Iterator[Silent]:
    """A server that never answers; without `tls` it holds back the handshake, too."""
    if tls is not None:
        tls.num_tickets = 0  # they would break off a good-bye
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Silent(f"https://127.0.0.1:{listener.getsockname()[1]}")
        thread = threading.Thread(target=server.serve, args=(listener, tls))
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            thread.join()


def left_open(server: Silent, begin: Callable[["asyncio.Task[None]"], None], when: Callable[[], bool]) -> list[str]:
    """What the garbage collector has to close after a request that was cancelled when something was so."""

    async def work() -> None:
        async with connected(access(server.url, insecure_skip_tls_verify=True)) as client:

            async def ask() -> None:
                async with client.connection.request("GET", "/", LIST):
                    pass

            asking = asyncio.create_task(ask())
            begin(asking)
            await until(when)
            asking.cancel()
            assert isinstance((await asyncio.gather(asking, return_exceptions=True))[0], asyncio.CancelledError)

    gc.collect()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        asyncio.run(work())
        gc.collect()
    return [str(warning.message) for warning in seen]


def test_a_request_that_waits_for_its_answer_leaves_no_socket(certificate: Certificate) -> None:
    with silent(certificate.context()) as server:
        assert left_open(server, lambda _: None, server.asked.is_set) == []


def test_a_request_that_waits_for_the_handshake_leaves_no_socket() -> None:
    with silent(None) as server:
        assert left_open(server, lambda _: None, server.connected.is_set) == []


def test_a_request_cancelled_at_the_end_of_the_handshake_leaves_no_socket(
    certificate: Certificate, mocker: MockerFixture
) -> None:
    asking = weakref.WeakSet[asyncio.Task[None]]()  # a task would keep what it was cancelled in

    class Cancels(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            for task in asking:
                task.cancel()

    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.sslobject_class = Cancels
    mocker.patch.object(connection, "tls_context", return_value=context)
    with silent(certificate.context()) as server:
        assert left_open(server, asking.add, lambda: all(task.done() for task in asking)) == []
