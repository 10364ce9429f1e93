"""The model's files in a cluster: whether anything there can fetch them, what opens the store, and whether new bytes are noticed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from seldon_nb.checks import made
from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import all_nodes, finding
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import cluster, deployment, in_cluster, predictor, revision, served, spec, version
from seldon_nb.domain.artifact import ArtifactSource, SourceKind
from seldon_nb.domain.namespace import SecretFacts
from seldon_nb.domain.plan import Finding
from seldon_nb.render.seldon import names
from seldon_nb.render.seldon.objects import Container, Node, Predictor, SeldonDeployment

_OURS = "seldon_nb.initializer"
_REACHABLE = "s3, gs, azureblob, http(s), pvc"
#: References that mean something to MLflow only, or to one machine only.
_MEANINGLESS = frozenset({"", "databricks", "dbfs", "file", "mlflow-artifacts", "models", "runs", "sqlite"})
#: Preset in the operator's initializer: Google's store without credentials.
_ANONYMOUS = "gs"


class _Fetch(NamedTuple):
    """One node's files: what is fetched, with which Secret, and whether our initializer does it."""

    path: str
    node: Node
    uri: str
    secret: str
    ours: bool

    @property
    def remote(self) -> str:
        """The name that the Secret's settings must carry; empty if none are needed."""
        if self.ours:
            return ArtifactSource(uri=self.uri).remote
        scheme = self.uri.partition(":")[0]
        return "" if scheme == "pvc" else scheme

    @property
    def where(self) -> str:
        return f"{self.path}.envSecretRefName"


def reachable(plan: PlanContext) -> Iterator[Finding]:
    """Whatever fetches the files understands their address."""
    for fetch in _fetches(plan):
        scheme, colon, _ = fetch.uri.partition(":")
        lost = not colon or scheme in _MEANINGLESS
        if fetch.ours:
            lost = ArtifactSource(uri=fetch.uri).kind in (SourceKind.LOCAL, SourceKind.OTHER)
        if lost:
            yield finding(plan, "SNB-250", f"{fetch.path}.modelUri", found=fetch.uri, allowed=_REACHABLE)


def secret_is_there(plan: PlanContext) -> Iterator[Finding]:
    """The Secret that opens the store exists."""
    for fetch in _fetches(plan):
        known = _known(plan, fetch.secret)
        if known is not None and known.exists is False:
            yield finding(plan, "SNB-251", fetch.where, secret=fetch.secret)


def secret_opens_it(plan: PlanContext) -> Iterator[Finding]:
    """The Secret says that it is for this store, if it says anything."""
    for fetch in _fetches(plan):
        known = _known(plan, fetch.secret)
        if known is None or not known.remotes or not fetch.remote:
            continue
        if fetch.remote.lower() not in known.remotes:
            facts = {"remote": fetch.remote, "secret": fetch.secret, "remotes": ", ".join(known.remotes)}
            yield finding(plan, "SNB-252", fetch.where, **facts)


def opened_at_all(plan: PlanContext) -> Iterator[Finding]:
    """A store that asks for credentials is given some."""
    for fetch in _fetches(plan):
        anonymous = fetch.remote == _ANONYMOUS and not fetch.ours
        if fetch.remote and fetch.remote not in _MEANINGLESS and not fetch.secret and not anonymous:
            yield finding(plan, "SNB-253", fetch.path, found=fetch.uri)


def other_bytes(plan: PlanContext) -> Iterator[Finding]:
    """New files have a new address, unless something verifies them at every start."""
    if plan.live is None or plan.live.model_digest == plan.spec.version.digest:
        return
    try:
        former = {fetch.uri for fetch in _of(SeldonDeployment.from_document(plan.live.document))}
    except ValueError:
        return
    for fetch in _fetches(plan):
        if fetch.uri in former and not fetch.ours:
            yield finding(plan, "SNB-254", f"{fetch.path}.modelUri", revision=plan.live.number)


def same_parts(plan: PlanContext) -> Iterator[Finding]:
    """An update keeps the names of what runs."""
    if plan.live is None or not plan.in_cluster or plan.deployment is None:
        return
    former, new = names.workloads(plan.live.document), names.workloads(plan.document)
    gone = [name for name in former if name not in new]
    come = [name for name in new if name not in former]
    if gone and come:
        yield finding(plan, "SNB-255", "spec.predictors", former=", ".join(gone), new=", ".join(come))


def _known(plan: PlanContext, name: str) -> SecretFacts | None:
    secrets = plan.namespace.secrets if plan.namespace else ()
    return next((secret for secret in secrets if name and secret.name == name), None)


def _fetches(plan: PlanContext) -> Iterator[_Fetch]:
    if plan.in_cluster and plan.deployment is not None:
        yield from _of(plan.deployment)


def _of(document: SeldonDeployment) -> Iterator[_Fetch]:
    """What is fetched for every node that has files; not what somebody else's initializer does in its own way."""
    for path, node, item in all_nodes(document):
        if not node.model_uri:
            continue
        if not made.fetched_by_ours(document, item, node):
            yield _Fetch(path, node, node.model_uri, node.env_secret_ref_name, ours=False)
            continue
        container = _initializer(item)
        if container is not None:
            told = {variable.name: variable.value for variable in container.env}
            opened = [str((source.get("secretRef") or {}).get("name", "")) for source in container.env_from]
            yield _Fetch(path, node, told.get("SNB_SOURCE", ""), next(iter(opened), ""), ours=True)


def _initializer(item: Predictor) -> Container | None:
    inits = [found for part in item.component_specs if part.spec for found in part.spec.init_containers]
    return next((found for found in inits if _OURS in found.command), None)


def _from(uri: str, secret: str = "") -> PlanContext:
    return cluster(document=deployment(predictor(served(model_uri=uri, env_secret_ref_name=secret))))


def _again(digest: str) -> PlanContext:
    """A deployment that the operator fetches files for, over one with the files ``digest``."""
    document = deployment(predictor())
    live = revision(spec(version=version(digest=digest), place="cluster"), document)
    return cluster(document=document, live=live)


def _renamed(name: str) -> PlanContext:
    live = revision(in_cluster(), deployment(predictor(served(name))))
    return cluster(live=live)


RULES: tuple[Rule[PlanContext], ...] = (
    Rule(
        code="SNB-250",
        source="remotes of rclone and of our initializer",
        check=reachable,
        allowed=lambda: _from("s3://models/fraud/3"),
        denied=lambda: _from("mlflow-artifacts:/1/models/m-1/artifacts"),
    ),
    Rule(
        code="SNB-251",
        source="Secrets of the namespace, by name",
        check=secret_is_there,
        allowed=lambda: cluster(secrets=(SecretFacts("models-s3", None),)),
        denied=lambda: cluster(secrets=(SecretFacts("models-s3", False),)),
    ),
    Rule(
        code="SNB-252",
        source="RCLONE_CONFIG_<REMOTE>_… and the word before the colon are one name",
        check=secret_opens_it,
        allowed=lambda: cluster(secrets=(SecretFacts("models-s3", True, ("gcs", "s3")),)),
        denied=lambda: cluster(secrets=(SecretFacts("models-s3", True, ("gcs",)),)),
    ),
    Rule(
        code="SNB-253",
        source="stores ask for credentials; gs is preset to none",
        check=opened_at_all,
        allowed=lambda: _from("pvc://models/fraud/3"),
        denied=lambda: _from("s3://models/fraud/3"),
    ),
    Rule(
        code="SNB-254",
        source="the operator restarts nothing for new content at an old address",
        check=other_bytes,
        allowed=lambda: _again("sha256:" + "3f" * 32),
        denied=lambda: _again("sha256:" + "90" * 32),
    ),
    Rule(
        code="SNB-255",
        source="a workload's name holds those of its parts",
        check=same_parts,
        allowed=lambda: _renamed("model"),
        denied=lambda: _renamed("classifier"),
    ),
)
