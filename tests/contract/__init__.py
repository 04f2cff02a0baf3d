"""The same assertions against the demo and against a real cluster, so that the simulation is held to the truth."""
