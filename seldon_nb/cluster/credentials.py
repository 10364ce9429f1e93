"""Where a cluster is and by what it knows us: a pod's account, or a context of a kubeconfig.

A source is a function that reads the credentials anew each time it is called: that is what makes expired and rotated tokens come right.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seldon_nb.domain.errors import fail

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a connection needs.  The headers never print.

    Attributes:
        origin: where they are from, for sentences: ``context prod``, ``the account of this pod``.
        namespace: the one that the source names; empty if it names none.
        acting_as: headers by which we speak for somebody else (``as`` and ``as-groups`` of a kubeconfig).
        server_name: what the server's certificate must say, if not the host's own name.
        expires_at: seconds since the epoch; 0 if nobody said.
    """

    server: str
    origin: str
    namespace: str = ""
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    acting_as: tuple[tuple[str, str], ...] = ()
    authority: str = ""
    certificate: tuple[str, str] | None = field(default=None, repr=False)
    verify: bool = True
    server_name: str = ""
    proxy: str = ""
    in_pod: bool = False

    def tls(self) -> ssl.SSLContext | bool:
        """How to check the server and show our own certificate."""
        if not self.server.startswith("https"):
            return False
        context = ssl.create_default_context(cafile=self.authority or None)
        if not self.verify:  # as the kubeconfig says
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.certificate is not None:
            context.load_cert_chain(*self.certificate)
        return context


Source = Callable[[], Credentials]


def of_this_pod(folder: Path = ACCOUNT) -> Credentials:
    """The account that Kubernetes gave this pod; its token file is renewed behind our back.

    Raises:
        SNB-530: this is no pod, or one without an account.
    """
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST", ""), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    try:
        token = (folder / "token").read_text(encoding="utf-8").strip()
        namespace = (folder / "namespace").read_text(encoding="utf-8").strip()
    except OSError:
        token, namespace = "", ""
    if not host or not token:
        raise fail("SNB-530", context="-", known="-", nearest="-")
    return Credentials(
        server=f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}",
        origin="the account of this pod",
        namespace=namespace,
        headers={"Authorization": f"Bearer {token}"},
        authority=str(folder / "ca.crt"),
        in_pod=True,
    )


def of_context(context: str = "", path: str = "") -> Credentials:
    """A context of a kubeconfig, read by Kubernetes' own package: sign-in programs, OIDC and certificates work as they do for kubectl.

    Raises:
        SNB-530: there is no such file, or no such context in it.
        SNB-532: the sign-in program gave nothing.
    """
    from kubernetes.client import Configuration
    from kubernetes.config.config_exception import ConfigException
    from kubernetes.config.kube_config import load_kube_config

    names, current, namespaces = contexts(path)
    chosen = context or current
    if chosen not in names:
        raise unknown(chosen, names)
    made: Any = type.__call__(Configuration)
    try:
        load_kube_config(config_file=path or kubeconfig(), context=chosen, client_configuration=made)  # type: ignore[no-untyped-call]
    except (ConfigException, OSError, ValueError, KeyError, TypeError) as error:
        raise fail("SNB-532", server="-", origin=f"context {chosen}") from error
    token = made.get_api_key_with_prefix("BearerToken") or made.api_key.get("BearerToken") or ""
    return Credentials(
        server=made.host,
        origin=f"context {chosen}",
        namespace=namespaces.get(chosen, ""),
        headers={"Authorization": token} if token else {},
        acting_as=_acting_as(chosen, path),
        authority=made.ssl_ca_cert or "",
        certificate=(made.cert_file, made.key_file) if made.cert_file and made.key_file else None,
        verify=bool(made.verify_ssl),
        server_name=made.tls_server_name or "",
        proxy=made.proxy or "",
    )


def kubeconfig() -> str:
    """The file or files of the kubeconfig, as kubectl finds them."""
    return os.environ.get("KUBECONFIG") or str(Path("~/.kube/config").expanduser())


def contexts(path: str = "") -> tuple[tuple[str, ...], str, dict[str, str]]:
    """(names of all contexts, the current one, namespace by context); all empty if there is no kubeconfig."""
    names: list[str] = []
    current, namespaces = "", {}
    for read in _files(path):
        for entry in read.get("contexts") or ():
            name = str(entry.get("name", ""))
            if name and name not in names:
                names.append(name)
                namespaces[name] = str((entry.get("context") or {}).get("namespace") or "")
        current = current or str(read.get("current-context") or "")
    return tuple(names), current, namespaces


def _acting_as(context: str, path: str) -> tuple[tuple[str, str], ...]:
    """The headers of a context's user who speaks for somebody else; Kubernetes' own package reads past them."""
    users: dict[str, Any] = {}
    user = ""
    for read in _files(path):
        users = {str(entry.get("name")): entry.get("user") or {} for entry in read.get("users") or ()} | users
        found = [entry for entry in read.get("contexts") or () if entry.get("name") == context]
        user = user or str((found[0].get("context") or {}).get("user") or "" if found else "")
    told = users.get(user, {})
    if not told.get("as"):
        return ()
    groups = tuple(("Impersonate-Group", str(group)) for group in told.get("as-groups") or ())
    return (("Impersonate-User", str(told["as"])), *groups)


def _files(path: str) -> Iterator[dict[str, Any]]:
    """The files of a kubeconfig that can be read, in their order."""
    import yaml

    for part in (path or kubeconfig()).split(os.pathsep):
        try:
            read = yaml.safe_load(Path(part).expanduser().read_text(encoding="utf-8")) if part else None
        except (OSError, yaml.YAMLError):
            continue
        if isinstance(read, dict):
            yield read


def unknown(context: str, names: tuple[str, ...]) -> Exception:
    """SNB-530 with the nearest context."""
    from seldon_nb.domain.names import nearest

    near = nearest(context, names, most=1) or names[:1]
    return fail("SNB-530", context=context or "-", known=", ".join(names) or "-", nearest=near[0] if near else "-")
