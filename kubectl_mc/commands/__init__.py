"""One file a subcommand: options, then cluster, then model, then render. Glue, and no more."""
