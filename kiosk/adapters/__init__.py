"""The edges: SQLite, files, keys, clocks, cameras and the network. Each adapter does one of them."""
