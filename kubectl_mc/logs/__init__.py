"""Many logs as one: blocks of bytes in, ordered, grouped, filtered and prefixed bytes out.

Pure: no I/O, no clock, no cluster. What is bulk is done a block at a time by the calls that are C underneath; a line
is touched alone only where an option, an odd block or a terminal needs it.
"""
