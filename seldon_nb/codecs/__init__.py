"""DataFrame to wire payload and back, driven by the model signature.

What lives here: encoders, decoders and the explanations of what does not fit.
What must not: HTTP.

Reading order: ``explain`` (names, shapes, what is said when they do not fit), ``columns`` and ``tensors`` (one column or tensor against its
type), ``wire`` (the pieces that go out), ``v2`` (requests and answers), ``answers`` (outputs to columns), ``chunks`` (how many rows at once).
"""
