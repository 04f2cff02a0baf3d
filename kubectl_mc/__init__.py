"""kubectl-mc: a kubectl plugin for pods with several containers."""

__version__ = "0.1.0"

PROGRAM = "kubectl mc"
"""How this tool is called; kubectl finds it by the name of its executable, `kubectl-mc`."""
