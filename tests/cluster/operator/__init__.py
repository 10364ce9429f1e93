"""A stand-in for the Seldon operator 1.17.1, for tests only: it makes what the recorded operator makes, and nothing of the product."""
