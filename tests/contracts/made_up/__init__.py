"""One made-up fact of each type, as a service would store it: what the frozen samples hold."""
