"""The catalogue over MLflow.

What lives here: everything that knows MLflow and the clean process.
What must not: serving.
"""
