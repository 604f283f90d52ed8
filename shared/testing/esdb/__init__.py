"""A small server that speaks EventStoreDB's protocol. For tests only, never for real facts."""

from shared.testing.esdb.faults import Fault, Faults, Order
from shared.testing.esdb.log import FolderInUse
from shared.testing.esdb.process import DidNotStart, EsdbProcess, esdb_process
from shared.testing.esdb.server import Certificate, EsdbServer, esdb_server

__all__ = [
    "Certificate",
    "DidNotStart",
    "EsdbProcess",
    "EsdbServer",
    "Fault",
    "Faults",
    "FolderInUse",
    "Order",
    "esdb_process",
    "esdb_server",
]
