"""The contract of the bus: event models, envelope, topology, and the subscriber that keeps order and fills gaps."""
