"""Candidates for the shell: what `kubectl_complete-mc` answers while a command line is being typed.

`line` reads the words, `declarations` knows the flags, `values` chooses what may stand where, `*_names` knows what
exists. Never prints an error, never asks, and never takes longer than a person's patience for the TAB key.
"""
