"""Tests of the simulated cluster, over real sockets. They import nothing of kubectl_mc but the demo."""
