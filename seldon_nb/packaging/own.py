"""The workflow's part of an environment of a model's own: packed once, kept beside the model, its digest told to the deployment."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from seldon_nb.domain.environment import OwnEnvironment
from seldon_nb.domain.plan import Plan
from seldon_nb.packaging.environment import pack
from seldon_nb.packaging.server import server_packages
from seldon_nb.packaging.shelf import Whose, own_digest
from seldon_nb.render.seldon.environment import with_digest

#: The text of certificates that the mirror of Python packages is trusted by, where it is not a public one.
CERTIFICATES = "SNB_CA"


def provide(plan: Plan, environment: OwnEnvironment) -> tuple[str, bool]:
    """The digest of the packed environment of a plan, packed now if nobody has yet, and whether it was there; an empty digest if nothing differs.

    Raises:
        SNB-155, SNB-156, SNB-157, SNB-337.
    """
    spec = plan.spec
    model, namespace = spec.version.ref, spec.namespace
    trust()
    packing = partial(
        pack,
        environment.requirements,
        server_packages(model=model, namespace=namespace),
        model=model,
        namespace=namespace,
        python=environment.python,
        key=environment.key,
    )
    secret = spec.source.secret if spec.source else ""
    return own_digest(environment, Whose(model, namespace), packing, secret=secret)


def deployed(plan: Plan, digest: str) -> Plan:
    """The plan with the environment's digest in the document that is sent; it stays the plan that was shown."""
    return plan if plan.spec.environment is None else replace(plan, documents=with_digest(plan.documents, digest))


def trust() -> None:
    """Let ``uv`` trust the certificates that this process was given."""
    text = os.environ.get(CERTIFICATES, "")
    if text.strip():
        file = Path(tempfile.gettempdir()) / "package-index.pem"
        file.write_text(text, encoding="utf-8")
        os.environ["SSL_CERT_FILE"] = str(file)
