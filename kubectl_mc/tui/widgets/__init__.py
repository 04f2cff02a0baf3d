"""One widget a file, with its own CSS, keys and messages. A widget takes data and posts messages."""
