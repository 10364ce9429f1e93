"""The JupyterLab server extension: what the side panel asks, answered by the same verbs as the magics and the shell.

What lives here: requests and answers (``schema``), one handler per resource, the watchers that tell open panels of changes.
What must not: rules, wording of cards, or anything that the shell could not say as well.
"""
