"""DataFrame to wire payload and back, driven by the model signature.

What lives here: encoders, decoders and the explanations of what does not fit.
What must not: HTTP.

Reading order: ``explain`` (names, shapes, what is said when they do not fit), ``columns`` and ``tensors`` (one column or tensor against its
type), ``wire`` (the pieces that go out), ``v2`` (requests and answers), ``answers`` (outputs to columns), ``chunks`` (how many rows at once).

Beside V2 over REST: ``choose`` (which codec a deployment is asked with), ``ready`` (where it says that it is ready), ``protocol`` (what all have in common), ``seldon_payload`` and ``seldon``, ``tensorflow``,
and for gRPC ``descriptors`` (messages), ``v2_grpc``, ``seldon_grpc``.
"""
