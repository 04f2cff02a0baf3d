"""The connection to a cluster: files, credentials, sockets, watches. Real ones, all of them."""
