"""The way to the API server: connect, read, watch, and its errors translated once.

The only folder that imports kubernetes and aiohttp. What comes out is API JSON or an `McError`;
what it means is `model`'s to say. Nothing here prints, and nothing here knows a terminal.
"""
