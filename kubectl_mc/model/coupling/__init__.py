"""How the containers of a pod are coupled: its one network, its volumes, its processes, and the pattern of each.

Pure, and read from the spec alone: what a program does beyond what its command line, its environment and its probes
say is not known here, so everything found says how sure it is and where it is said.
"""
