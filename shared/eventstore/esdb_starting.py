"""Starting on an EventStoreDB: who is there, may we in, and is it young enough?"""

import asyncio
import re
from collections.abc import Awaitable

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from shared.eventstore.esdb_address import Address
from shared.eventstore.esdb_line import Line
from shared.eventstore.esdb_meaning import TROUBLE, code_of, said, untrusted, unwelcome
from shared.eventstore.esdb_patience import Limits
from shared.eventstore.esdb_refusals import (
    CertificateNotTrusted,
    EngineSilent,
    EngineTooOld,
    WrongCredentials,
)
from shared.eventstore.port import StoreProblem
from shared.messaging.patience import Backoff

YOUNG_ENOUGH = (24, 10, 5)
"""The first EventStoreDB whose checkpoints are never ahead of what it has delivered."""
SPOILT = ((25, 0, 0),)
"""A KurrentDB that has the fault again; 25.0.1 has not."""


async def started(address: Address, limits: Limits) -> Line:
    """Give a connection to an engine that answers, lets us in and is young enough.

    Raises ``EngineSilent``, ``CertificateNotTrusted``, ``WrongCredentials``, ``EngineTooOld``.
    """
    line = Line(address)
    try:
        _ensure_young(await _engine(line, limits))
    except BaseException:
        await line.end()
        raise
    return line


async def admitted(line: Line, question: Awaitable[object]) -> None:
    """Let a first question be answered, or let go of *line* and say why it was not.

    Raises ``WrongCredentials`` where an engine tells anybody its version and this user no more.
    """
    try:
        await question
    except StoreProblem as problem:
        await line.end()
        cause = problem.__cause__
        if isinstance(cause, Exception) and unwelcome(cause):
            raise WrongCredentials(said(cause)) from problem
        raise EngineSilent(str(problem)) from problem


async def _engine(line: Line, limits: Limits) -> bytes:
    """Ask again until the time for a start is up: the engine may start just now, too."""
    backoff, why, found = Backoff(1.0), "no answer", False
    try:
        async with asyncio.timeout(limits.start):
            while True:
                try:
                    if not found:
                        await line.connect()
                    found = True
                    return await line.engine(limits.call)
                except TROUBLE as problem:
                    why = said(_ensure_may_pass(problem))
                await backoff.wait()
    except TimeoutError:
        raise EngineSilent(why) from None


def _ensure_may_pass(problem: Exception) -> Exception:
    if untrusted(problem):
        raise CertificateNotTrusted(said(problem)) from problem
    if unwelcome(problem):
        raise WrongCredentials(said(problem)) from problem
    if code_of(problem) is grpc.StatusCode.UNIMPLEMENTED:
        raise EngineTooOld("It cannot say its version.") from problem
    return problem


def _ensure_young(answer: bytes) -> None:
    text = _version_in(answer)
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", text)
    version = tuple(map(int, numbers.groups())) if numbers else ()
    if version < YOUNG_ENOUGH or version in SPOILT:
        raise EngineTooOld(f"Version: {text or 'none'}.")


def _version_in(answer: bytes) -> str:
    """Give field 2 of a ``SupportedMethods`` message, of which the client ships no class."""
    field = descriptor_pb2.FieldDescriptorProto(
        name="event_store_server_version",
        number=2,
        type=descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
        label=descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL,
    )
    message = descriptor_pb2.DescriptorProto(name="SupportedMethods", field=[field])
    file = descriptor_pb2.FileDescriptorProto(
        name="supported_methods.proto", package="kredslob", syntax="proto3", message_type=[message]
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    named = pool.FindMessageTypeByName("kredslob.SupportedMethods")
    read = message_factory.GetMessageClass(named).FromString(answer)
    return str(getattr(read, field.name))
