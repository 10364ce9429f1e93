"""DataFrame to wire payload and back, driven by the model signature.

What lives here: encoders, decoders and the explanations of what does not fit.
What must not: HTTP.
"""
