"""Frozen values and the error tree.

What lives here: the nouns of the product (model version, signature, plan, finding, revision, status, audit record, principal),
their rules of construction, and the table of codes.  What must not: input, output, clocks, third-party imports, or a sentence
that is not marked for translation.  A value that cannot be right cannot be built.
"""
