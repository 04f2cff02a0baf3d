"""One file a subcommand: options, then cluster, then model, then render. Glue only; what is worth a test lives elsewhere."""
