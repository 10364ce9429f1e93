"""Pure functions from domain values to documents.

What lives here: typed document objects, their plain form, and text at the edge.
What must not: clocks, randomness, disk, network: same input, same bytes.
"""
