"""Domain values as shapes of the contract.

What lives here: how a value that the workspace returns looks in an answer.  What must not: questions to a place, or sentences of its own where a card has them.
"""
