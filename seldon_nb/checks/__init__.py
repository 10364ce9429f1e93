"""Rules: pure functions from a spec and its context to findings.

What lives here: one rule, one function, one code, an allowed and a denied sample each.
What must not: input and output; a rule explains, it is never the lock.
"""
