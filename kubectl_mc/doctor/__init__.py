"""Causes: what is known about a pod becomes the one sentence that explains it, with its evidence and the next command.

Pure: no requests, no clock. What a rule may know is a `Case`; what it finds is a `Finding`; `rules.py` lists the rules
in the order in which a pod starts, and `diagnosis.py` picks the primary cause.
"""
