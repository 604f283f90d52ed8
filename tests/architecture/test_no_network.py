"""The tests need no other machine, and cannot reach one."""

import socket

import pytest


def test_no_test_leaves_this_machine() -> None:
    """Connecting to another address, or asking for the address of a name, is stopped."""
    with socket.socket() as plug, pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
        plug.connect(("192.0.2.1", 9))
    with pytest.raises(RuntimeError, match="example"):
        socket.getaddrinfo("kredslob.example", 443)


def test_servers_on_this_machine_can_be_reached() -> None:
    """A test talks to the real servers that it started, on the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
