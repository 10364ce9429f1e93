"""What a notebook shows that the panel draws: names only, so that no value ever becomes part of a notebook.

``test`` is what ``dep.widget()`` gives; ``kernel`` answers the panel's silent questions to the kernel.
"""
