"""What one step of an apply does; the same functions run here and in a workflow.

What lives here: typed functions over ports.
What must not: adapters.
"""
