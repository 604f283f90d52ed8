"""How facts travel: out byte for byte over NATS JetStream, in once, in order, without holes."""
