"""The verbs of the journey, one module each, over ports.

What lives here: what happens in which order.
What must not: adapters, printing, HTML.
"""
