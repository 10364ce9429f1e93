"""The place on one machine: MLServer processes behind an Envoy gateway.

What lives here: adapters of serving, endpoint, access and audit for one machine.
What must not: decisions of a flow.
"""
