"""The model as something to look at: pages for a terminal or a pipe, documents for machines.

Returns, never prints. Colours and glyphs follow a severity or a health, never a text; every text from a cluster
passes `text.printable` on its way.
"""
