"""kubectl-mc: a kubectl plugin for pods with several containers."""

__version__ = "0.1.0"
