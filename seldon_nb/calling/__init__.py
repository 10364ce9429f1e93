"""The ways to an answer that are not HTTP: an adapter behind the same port as the HTTP endpoint.

What lives here: channels, deadlines, and what a gRPC status means.  What must not: the meaning of a message (``codecs``).
"""
