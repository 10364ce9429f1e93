"""The levels of Kubernetes' pod security, asked of the pods that the operator would make.

Source: the Pod Security Standards; recorded: the admission's answers to seven shapes of one deployment under ``restricted``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seldon_nb.checks import made
from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import finding
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import cluster, deployment, in_cluster
from seldon_nb.domain.plan import Finding
from seldon_nb.render.seldon import render
from seldon_nb.render.seldon.objects import Container, PodSecurityContext, SecurityContext, Volume
from seldon_nb.render.seldon.pods import Plain

_BASELINE_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
_SAFE_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_syncookies",
    }
)
_NO_POD = PodSecurityContext()
_NO_CONTAINER = SecurityContext()


def level(plan: PlanContext) -> Iterator[Finding]:
    """Every pod passes the level that its namespace enforces."""
    if plan.namespace is None or plan.deployment is None or plan.namespace.pod_security not in ("baseline", "restricted"):
        return
    enforced = plan.namespace.pod_security
    for found in plan.pods:
        wrong = [*_baseline(found), *(_restricted(found) if enforced == "restricted" else ())]
        if wrong:
            by_what: dict[str, list[str]] = {}
            for what, who in wrong:
                by_what.setdefault(what, []).append(who)
            said = "; ".join(f"{what} ({', '.join(dict.fromkeys(who))})" for what, who in by_what.items())
            yield finding(plan, "SNB-240", found.path, level=enforced, found=said)


def _all(found: made.Pod) -> tuple[Container, ...]:
    return (*found.inits, *found.containers)


def _baseline(found: made.Pod) -> Iterator[tuple[str, str]]:
    spec, context = found.spec, found.spec.security_context or _NO_POD
    for what, said in (("hostNetwork", spec.host_network), ("hostPID", spec.host_pid), ("hostIPC", spec.host_ipc)):
        if said:
            yield what, "pod"
    yield from (("hostPath", volume.name) for volume in spec.volumes if volume.host_path is not None)
    if _unconfined(context) or _odd_se_linux(context.se_linux_options) or _host_process(context.windows_options):
        yield "seccomp, SELinux or hostProcess", "pod"
    if any(item.get("name") not in _SAFE_SYSCTLS for item in context.sysctls):
        yield "sysctls", "pod"
    for container in _all(found):
        own = container.security_context or _NO_CONTAINER
        if own.privileged:
            yield "privileged", container.name
        if own.capabilities is not None and not set(own.capabilities.add) <= _BASELINE_CAPABILITIES:
            yield "capabilities", container.name
        if own.proc_mount not in ("", "Default"):
            yield "procMount", container.name
        if _unconfined(own) or _odd_se_linux(own.se_linux_options) or _host_process(own.windows_options):
            yield "seccomp, SELinux or hostProcess", container.name
        if any(port.host_port for port in container.ports):
            yield "hostPort", container.name


def _restricted(found: made.Pod) -> Iterator[tuple[str, str]]:
    context = found.spec.security_context or _NO_POD
    yield from (("volume", volume.name) for volume in found.spec.volumes if not _plain_volume(volume))
    for container in _all(found):
        own = container.security_context or _NO_CONTAINER
        if own.allow_privilege_escalation is not False:
            yield "allowPrivilegeEscalation", container.name
        capabilities = own.capabilities
        if capabilities is None or "ALL" not in capabilities.drop or set(capabilities.add) - {"NET_BIND_SERVICE"}:
            yield "capabilities", container.name
        if (context.run_as_non_root if own.run_as_non_root is None else own.run_as_non_root) is not True:
            yield "runAsNonRoot", container.name
        if (context.run_as_user if own.run_as_user is None else own.run_as_user) == 0:
            yield "runAsUser", container.name
        profile = own.seccomp_profile or context.seccomp_profile
        if profile is None or profile.type not in ("RuntimeDefault", "Localhost"):
            yield "seccompProfile", container.name


def _unconfined(context: PodSecurityContext | SecurityContext) -> bool:
    return context.seccomp_profile is not None and context.seccomp_profile.type == "Unconfined"


def _odd_se_linux(options: Plain | None) -> bool:
    asked = options or {}
    types = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
    return asked.get("type", "") not in types or bool(asked.get("user")) or bool(asked.get("role"))


def _host_process(options: Plain | None) -> bool:
    return bool((options or {}).get("hostProcess"))


def _plain_volume(volume: Volume) -> bool:
    allowed = (
        volume.config_map,
        volume.csi,
        volume.downward_api,
        volume.empty_dir,
        volume.ephemeral,
        volume.persistent_volume_claim,
        volume.projected,
        volume.secret,
    )
    return any(held is not None for held in allowed)


def _operators_own() -> PlanContext:
    """Hardened as far as a document can be, with the operator's initializer and engine."""
    made_of = render(in_cluster(source=None)).spec.predictors[0]
    return cluster(document=deployment(replace(made_of, annotations={})), pod_security="restricted")


RULES: tuple[Rule[PlanContext], ...] = (
    Rule(
        code="SNB-240",
        source="the Pod Security Standards; recorded: two shapes pass restricted, five do not",
        check=level,
        allowed=lambda: cluster(pod_security="restricted"),
        denied=_operators_own,
    ),
)
