"""A simulated cluster in one process: an HTTP and WebSocket server for the Kubernetes API, and a node behind it.

Owns the API server, the store, the node, the programs of the containers and the scenarios. Refuses to import anything
of the rest of kubectl_mc, so that it cannot share its mistakes, and never prints.
"""
