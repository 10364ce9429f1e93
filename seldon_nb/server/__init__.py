"""The model server as it runs in a pod: MLServer on TCP, behind a guard.

What lives here: the launcher (``python -m seldon_nb.server``) and the guard that keeps rows of data out of logs and errors.
What must not: anything of the package beside this room, or of other packages than the server's own; importing it must cost nothing.
"""
