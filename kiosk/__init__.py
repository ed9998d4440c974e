"""Safe Bench: a community bench with a tablet, and the central node it syncs with."""

__version__ = "0.1.0"
