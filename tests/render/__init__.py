"""Pages and documents: what is drawn, how wide it is, and that nothing from a cluster can harm a terminal."""
