"""Plan: a model version and a place become a value that says what would happen."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

from seldon_nb.checks.choice import Asker, Choice, choose
from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.registry import run
from seldon_nb.checks.room import changes
from seldon_nb.domain.artifact import source_of
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.environment import OwnEnvironment, own_environment
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.model import ModelRef, ModelVersion
from seldon_nb.domain.names import as_dns_label, is_dns_label, nearest
from seldon_nb.domain.namespace import NamespaceFacts, PlaceSettings
from seldon_nb.domain.plan import Base, Document, Override, Plan, PlanSpec, Server, documents_digest, plan_digest
from seldon_nb.domain.principal import Principal
from seldon_nb.ports import Ports, Replay
from seldon_nb.render.mlserver import has_model_settings, model_settings
from seldon_nb.render.roles import request_of
from seldon_nb.render.runtimes import RUNTIMES
from seldon_nb.render.seldon import render
from seldon_nb.render.seldon.build import image_of
from seldon_nb.render.seldon.environment import known_digest
from seldon_nb.render.text import diff
from seldon_nb.words import tr

#: Whose packages a model runs with.
OWN = "own"
ENVIRONMENTS = ("", "server", OWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for, in their words.

    Attributes:
        ref: the model, as people write it.
        to: the namespace.
        name: the deployment's name; the model's own if empty.
        server, protocol, image: what answers; see :func:`seldon_nb.checks.choice.choose` for what goes without saying.
        environment: ``own`` for the packages that the model was logged with; ``server`` or empty for the server's.
        callers: who may call besides the requester.
        settings: what the user settled instead of the platform team; empty values leave it.
    """

    ref: str
    to: str
    name: str = ""
    server: Server | str = ""
    protocol: str = ""
    image: str = ""
    environment: str = ""
    callers: tuple[str, ...] = ()
    timeout_s: int = 60
    overrides: tuple[Override, ...] = ()
    settings: PlaceSettings = field(default_factory=PlaceSettings)


def plan(ports: Ports, wish: Wish, *, place: str = "here") -> Plan:
    """Resolve, render, check and compare; nothing is changed.

    Raises:
        SNB-130 … SNB-134: the reference.  SNB-210: the name.  SNB-212: the namespace.  SNB-216: a caller.  SNB-401, SNB-533: the person may not.
        SNB-218, SNB-219: a server, protocol or image that cannot be.
    """
    choice = chosen(wish)
    known_environment(wish)
    version, replay = find(ports, wish.ref)
    name = deployment_name(wish, version)
    namespace = known_namespace(ports, wish, name)
    target = Target(namespace.name, name, place)
    if not ports.access.may("plan", target):
        raise refused(ports.access.whoami(), namespace, target)
    live = ports.serving.live(target)
    spec = PlanSpec(
        version=version,
        deployment=target.name,
        namespace=target.namespace,
        place=place,
        server=choice.server,
        protocol=choice.protocol,
        image=wish.image,
        classification=deployment_class(version, live),
        requested_by=ports.access.whoami(),
        callers=callers(ports.access.whoami(), wish.callers, namespace),
        timeout_s=wish.timeout_s,
        overrides=wish.overrides,
    )
    if place != "here":
        spec = settled(spec, namespace.settings, wish.settings)
    if wish.environment == OWN:
        spec = replace(spec, environment=with_own_packages(spec, live))
    return compose(ports, spec, namespace, live, replay)


def refused(me: Principal, namespace: NamespaceFacts, target: Target) -> SeldonNbError:
    """Why somebody may not even plan: with the request for all rights that are lacking, where a platform gives them out."""
    lacking = [(right.verb, right.resource) for right in namespace.rights if not right.allowed]
    if not lacking:
        return fail("SNB-401", who=str(me), verb="plan", target=str(target))
    verb, resource = next((right for right in lacking if right[1].startswith("seldondeployments.")), lacking[0])
    request = request_of(lacking, who=me.name, namespace=namespace.name)
    return fail("SNB-533", namespace=namespace.name, who=me.name, verb=verb, resource=resource, request=request)


def chosen(wish: Wish) -> Choice:
    """What answers. Raises: SNB-218, SNB-219."""
    server = wish.server.value if isinstance(wish.server, Server) else wish.server
    return choose(Asker(wish.ref, wish.to), server=server, protocol=wish.protocol, image=wish.image)


def known_environment(wish: Wish) -> None:
    """Whose packages. Raises: SNB-218."""
    if wish.environment not in ENVIRONMENTS:
        reason = tr("`{word}` is not known as `{option}`.", word=wish.environment, option="--environment")
        known = ", ".join(f"`{word}`" for word in ENVIRONMENTS if word)
        facts = {"ref": wish.ref, "namespace": wish.to, "field": "environment", "reason": reason, "known": known}
        raise fail("SNB-218", **facts, suggestion=f"--environment {OWN}")


def with_own_packages(spec: PlanSpec, live: Revision | None) -> OwnEnvironment:
    """The environment that the version was logged with; where what lives runs in it, it is pinned to the archive that serves there."""
    own = own_environment(spec.version, spec.source, server=image_of(spec))
    return replace(own, digest=known_digest(live.document if live else None, own.uri)) if own.uri else own


def compose(ports: Ports, spec: PlanSpec, namespace: NamespaceFacts, live: Revision | None, replay: Replay | None = None) -> Plan:
    """The plan of a complete spec: documents, findings, difference, digest."""
    document = render(spec).to_document()
    documents: tuple[Document, ...] = (Document("SeldonDeployment", document),)
    if has_model_settings(document):
        documents += (Document("mlserver/model-settings.json", model_settings(document, model_dir="/mnt/models")),)
    base = Base(documents_digest(live.documents), live.number) if live else Base()
    context = PlanContext(
        spec=spec,
        document=document,
        namespace=namespace,
        namespaces=(namespace.name,),
        server=ports.clean_room.environment(),
        live=live,
        replay=replay,
    )
    findings, passed = run(context)
    return Plan(
        spec=spec,
        findings=findings,
        documents=documents,
        base=base,
        diff=diff(live.document if live else {}, document, spec.deployment),
        passed=passed,
        created_at=timestamp(ports.clock.now()),
        facts=namespace if spec.place != "here" else None,
        room=changes(context) if spec.place != "here" else (),
        digest=plan_digest(spec, documents, base),
    )


def settled(spec: PlanSpec, platform: PlaceSettings, mine: PlaceSettings) -> PlanSpec:
    """The spec with images, MLflow's address, the store's Secret and the service account: the user's word, else the platform team's."""
    both = {item.name: getattr(mine, item.name) or getattr(platform, item.name) for item in fields(PlaceSettings)}
    chosen = PlaceSettings(**both)
    return replace(
        spec,
        source=source_of(spec.version.uri, chosen.tracking_uri, secret=chosen.storage_secret),
        image=spec.image or (chosen.server_image if RUNTIMES[spec.server].ours else ""),
        step_image=chosen.step_image,
        service_account=chosen.service_account,
        tracking_uri=chosen.tracking_uri,
    )


def known_namespace(ports: Ports, wish: Wish, deployment: str) -> NamespaceFacts:
    """Facts of the namespace; SNB-212 names the nearest and the line to type."""
    try:
        return ports.serving.namespace(wish.to, deployment=deployment)
    except SeldonNbError as error:
        error.facts.setdefault("ref", wish.ref)
        raise


def find(ports: Ports, text: str) -> tuple[ModelVersion, Replay | None]:
    """The version behind a reference, tried in the clean room now if nobody has yet, and what was seen there."""
    try:
        ref = ModelRef.parse(text)
    except ValueError:
        raise fail("SNB-133", ref=text) from None
    version = ports.catalog.find(ref)
    if version.contract is None and version.signature is not None and version.digest:
        from seldon_nb.checks.contract import contract_of_stored

        seen = ports.clean_room.replay(ports.catalog.files(version), None)
        return replace(version, contract=contract_of_stored(version, seen)), seen
    return version, None


def deployment_name(wish: Wish, version: ModelVersion) -> str:
    """The name that was asked for, or the model's own if it can be one."""
    name = wish.name or version.name
    if not is_dns_label(name):
        raise fail("SNB-210", name=name, suggestion=as_dns_label(name), ref=version.ref, namespace=wish.to)
    return name


def deployment_class(version: ModelVersion, live: Revision | None) -> Classification:
    """A deployment inherits its model's classification, and never falls below what it had."""
    if live is not None and live.classification > version.classification:
        return live.classification
    return version.classification


def callers(me: Principal, names: tuple[str, ...], namespace: NamespaceFacts) -> tuple[Principal, ...]:
    """The requester first, then everybody named, each once."""
    found = {me.name: me}
    for name in names:
        person = namespace.member(name)
        if person is None:
            known = [member.name for member in namespace.members]
            raise fail("SNB-216", caller=name, nearest=", ".join(nearest(name, known) or known), namespace=namespace.name)
        found.setdefault(person.name, person)
    return tuple(found.values())
