"""What an exec finds in a simulated container: a shell, its commands, its files and a terminal.

Owns everything from the first byte of stdin to the exit code. Refuses the network: it gets streams and a view of the
container and knows neither WebSockets nor HTTP.
"""
