"""What the test server says of itself: the one member of its cluster, and its version."""

from collections.abc import Callable
from uuid import uuid4

import grpc
from esdbclient.protos.Grpc import gossip_pb2, gossip_pb2_grpc, shared_pb2

from shared.testing.esdb.answering import ServicerContext

FEATURES = "event_store.client.server_features.ServerFeatures"
VERSION = "24.10.6"
_VERSION_FIELD = b"\x12"
"""Field 2 of the answer, a string: the client ships no class for it."""
_LONGEST_VERSION = 127


class Gossip(gossip_pb2_grpc.GossipServicer):
    """A cluster of one: this server leads it."""

    def __init__(self, port: Callable[[], int]) -> None:
        self._port = port
        self._instance = str(uuid4())

    async def Read(  # noqa: N802 - the protocol's name
        self, _: shared_pb2.Empty, __: ServicerContext
    ) -> gossip_pb2.ClusterInfo:
        """Give the members of the cluster."""
        member = gossip_pb2.MemberInfo(
            instance_id=shared_pb2.UUID(string=self._instance),
            state=gossip_pb2.MemberInfo.VNodeState.Leader,
            is_alive=True,
            http_end_point=gossip_pb2.EndPoint(address="127.0.0.1", port=self._port()),
        )
        return gossip_pb2.ClusterInfo(members=[member])


def features(version: str) -> grpc.GenericRpcHandler:
    """Give the service that tells the version."""
    said = version.encode()
    if len(said) > _LONGEST_VERSION:
        raise ValueError(f"{version!r} is no version")
    answer = _VERSION_FIELD + bytes([len(said)]) + said

    async def supported(_: bytes, __: ServicerContext) -> bytes:
        return answer

    handler = grpc.unary_unary_rpc_method_handler(supported)
    return grpc.method_handlers_generic_handler(FEATURES, {"GetSupportedMethods": handler})
