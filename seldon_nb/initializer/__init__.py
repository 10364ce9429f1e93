"""Brings exactly the planned files to where the model server reads them, and refuses anything else.

What lives here: ``python -m seldon_nb.initializer``, the first container of a model server's pod.
What must not: anything beside the standard library, ``seldon_nb.digests`` and what that needs; sentences (it speaks in codes and facts).
"""
