"""What a pod is and what its state means: tables of cases, no I/O."""
