"""Rules and formats as plain values: nothing in this package reads a clock, a file or a socket."""
