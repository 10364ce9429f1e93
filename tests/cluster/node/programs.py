"""Every program of the node: its command line, its configuration, and the order of starting."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.node import build, requirements
from tests.cluster.node.place import Addresses, Place

NODE = "node1"
API_PORT = 6443
S3_PORT = 9000
# Started in this order, stopped in the reverse one.
ORDER = ("etcd", "containerd", "apiserver", "controller-manager", "scheduler", "kubelet", "kube-proxy", "dns", "s3", "argo")
_TOKEN_USERS = {
    # user of the token: (name, groups)
    "admin": ("admin", "system:masters"),
    "you": ("you", "analysts"),
    "colleague": ("colleague", "callers"),
    "stranger": ("stranger", ""),
    "auditor": ("auditor", "auditors"),
    "argo": ("argo", "system:masters"),
    "kubelet": (f"system:node:{NODE}", "system:nodes"),
    "controller-manager": ("system:kube-controller-manager", ""),
    "scheduler": ("system:kube-scheduler", ""),
    "kube-proxy": ("system:kube-proxy", ""),
    "dns": ("seldon-nb-node-dns", "system:masters"),
}
PERSONAS = ("admin", "you", "colleague", "stranger", "auditor")
IDENTITIES = tuple(_TOKEN_USERS)


@dataclass(frozen=True)
class Program:
    """One command of the node and how long it may take to end when asked to (seconds)."""

    name: str
    command: list[str]
    variables: dict[str, str] = field(default_factory=dict)
    grace: float = 3.0


@dataclass(frozen=True)
class Setting:
    """What the configurations are written from."""

    place: Place
    addresses: Addresses
    tokens: dict[str, str]
    s3_access_key: str
    s3_secret_key: str
    argo_requeue: str

    @property
    def api_url(self) -> str:
        return f"https://{self.addresses.node}:{API_PORT}"

    @property
    def files(self) -> Path:
        return self.place.data / "configuration"


def write_configurations(setting: Setting) -> None:
    """Write every file that the programs are started with; the certificates must exist already."""
    files, addresses, place = setting.files, setting.addresses, setting.place
    files.mkdir(parents=True, exist_ok=True)
    rows = [f'{setting.tokens[key]},{name},{key},"{groups}"' for key, (name, groups) in _TOKEN_USERS.items()]
    _write(files / "tokens.csv", "\n".join(rows) + "\n")
    for identity in ("kubelet", "controller-manager", "scheduler", "kube-proxy", "dns", "argo"):
        _write(files / f"{identity}.kubeconfig", kubeconfig(setting, (identity,), current=identity))
    _write(place.run / "kubeconfig", kubeconfig(setting, PERSONAS, current="admin"))
    _write(files / "kubelet.yaml", yaml.safe_dump(_kubelet(setting)))
    _write(files / "kube-proxy.yaml", yaml.safe_dump(_kube_proxy(setting)))
    _write(files / "containerd.toml", _containerd(setting))
    (files / "registries").mkdir(exist_ok=True)
    (files / "cni").mkdir(exist_ok=True)
    _write(files / "cni" / "10-seldon-nb.conflist", json.dumps(_cni(setting)))
    _write(files / "resolv.conf", f"nameserver {addresses.dns_service}\n")
    _write(files / "Corefile", _corefile(setting))


def kubeconfig(setting: Setting, identities: tuple[str, ...], *, current: str) -> str:
    """A kubeconfig with one context of the same name for each identity."""
    authority = (setting.files / "ca.pem").read_bytes()
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": current,
            "clusters": [
                {
                    "name": "seldon-nb-node",
                    "cluster": {"server": setting.api_url, "certificate-authority-data": base64.b64encode(authority).decode()},
                }
            ],
            "contexts": [{"name": one, "context": {"cluster": "seldon-nb-node", "user": one}} for one in identities],
            "users": [{"name": one, "user": {"token": setting.tokens[one]}} for one in identities],
        },
        sort_keys=False,
    )


def programs(setting: Setting) -> dict[str, Program]:
    """Every program by its name, in the order of starting."""
    makers: dict[str, Callable[[Setting], Program]] = {
        "etcd": _etcd,
        "containerd": _containerd_program,
        "apiserver": _apiserver,
        "controller-manager": _controller_manager,
        "scheduler": _scheduler,
        "kubelet": _kubelet_program,
        "kube-proxy": _kube_proxy_program,
        "dns": _dns,
        "s3": _s3,
        "argo": _argo,
    }
    return {name: makers[name](setting) for name in ORDER}


def _etcd(setting: Setting) -> Program:
    client, peer = "http://127.0.0.1:2379", "http://127.0.0.1:2380"
    flags = {
        "data-dir": setting.place.data / "etcd",
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"default={peer}",
        "log-level": "warn",
        "unsafe-no-fsync": "true",
    }
    return Program("etcd", _command("etcd", flags))


def _apiserver(setting: Setting) -> Program:
    files, addresses = setting.files, setting.addresses
    flags = {
        "etcd-servers": "http://127.0.0.1:2379",
        "advertise-address": addresses.node,
        "bind-address": "0.0.0.0",
        "secure-port": API_PORT,
        "service-cluster-ip-range": addresses.services,
        "authorization-mode": "Node,RBAC",
        "token-auth-file": files / "tokens.csv",
        "client-ca-file": files / "ca.pem",
        "tls-cert-file": files / "server.pem",
        "tls-private-key-file": files / "server.key",
        "kubelet-client-certificate": files / "kubelet-client.pem",
        "kubelet-client-key": files / "kubelet-client.key",
        "kubelet-preferred-address-types": "InternalIP",
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": files / "accounts.pub",
        "service-account-signing-key-file": files / "accounts.key",
        "allow-privileged": "true",
        "enable-admission-plugins": "NodeRestriction",
        "profiling": "false",
    }
    return Program("apiserver", _command("kube-apiserver", flags), grace=5)


def _controller_manager(setting: Setting) -> Program:
    files = setting.files
    flags = {
        "kubeconfig": files / "controller-manager.kubeconfig",
        "service-account-private-key-file": files / "accounts.key",
        "root-ca-file": files / "ca.pem",
        "use-service-account-credentials": "true",
        "leader-elect": "false",
        "kube-api-qps": 200,
        "kube-api-burst": 400,
    }
    return Program("controller-manager", _command("kube-controller-manager", flags), grace=2)


def _scheduler(setting: Setting) -> Program:
    flags = {
        "kubeconfig": setting.files / "scheduler.kubeconfig",
        "leader-elect": "false",
        "kube-api-qps": 200,
        "kube-api-burst": 400,
    }
    return Program("scheduler", _command("kube-scheduler", flags), grace=2)


def _kubelet_program(setting: Setting) -> Program:
    files = setting.files
    flags = {
        "config": files / "kubelet.yaml",
        "kubeconfig": files / "kubelet.kubeconfig",
        "hostname-override": NODE,
        "node-ip": setting.addresses.node,
        "root-dir": "/var/lib/kubelet",
    }
    return Program("kubelet", _command("kubelet", flags))


def _kube_proxy_program(setting: Setting) -> Program:
    return Program("kube-proxy", _command("kube-proxy", {"config": setting.files / "kube-proxy.yaml", "hostname-override": NODE}))


def _containerd_program(setting: Setting) -> Program:
    command = [str(requirements.program("containerd")), "--config", str(setting.files / "containerd.toml")]
    return Program("containerd", command, grace=10)


def _dns(setting: Setting) -> Program:
    return Program("dns", [str(build.program("coredns")), "-conf", str(setting.files / "Corefile")], grace=1)


def _s3(setting: Setting) -> Program:
    data = setting.place.data / "s3"
    address = f"{setting.addresses.node}:{S3_PORT}"
    variables = {
        "MINIO_ROOT_USER": setting.s3_access_key,
        "MINIO_ROOT_PASSWORD": setting.s3_secret_key,
        "MINIO_BROWSER": "off",
        "MINIO_UPDATE": "off",
    }
    return Program("s3", [str(build.program("minio")), "server", "--quiet", "--address", address, str(data)], variables, grace=2)


def _argo(setting: Setting) -> Program:
    command = [
        *(str(build.program("workflow-controller")), "--kubeconfig", str(setting.files / "argo.kubeconfig")),
        *("--configmap", "workflow-controller-configmap", "--namespace", "argo"),
        *("--executor-image", build.image_archive("argoexec")[0], "--qps", "200", "--burst", "400"),
    ]
    variables = {"LEADER_ELECTION_DISABLE": "true"}
    if setting.argo_requeue:
        variables["DEFAULT_REQUEUE_TIME"] = setting.argo_requeue
    # It can ignore the request to end while the API server is away.
    return Program("argo", command, variables, grace=2)


def _kubelet(setting: Setting) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": setting.addresses.node,
        "readOnlyPort": 0,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": False},
            "x509": {"clientCAFile": str(setting.files / "ca.pem")},
        },
        "authorization": {"mode": "AlwaysAllow"},
        "containerRuntimeEndpoint": f"unix://{setting.place.containerd_socket}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{setting.place.cgroup}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "enforceNodeAllocatable": [],
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "imagefs.available": "1%",
            "nodefs.inodesFree": "1%",
        },
        "imageGCHighThresholdPercent": 100,
        "clusterDNS": [setting.addresses.dns_service],
        "clusterDomain": "cluster.local",
        "resolvConf": str(setting.files / "resolv.conf"),
        "maxPods": 250,
        "podPidsLimit": 2048,
        "serializeImagePulls": False,
        "eventRecordQPS": 0,
        "kubeAPIQPS": 200,
        "kubeAPIBurst": 400,
        "volumePluginDir": str(setting.place.data / "volume-plugins"),
    }


def _kube_proxy(setting: Setting) -> dict[str, Any]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(setting.files / "kube-proxy.kubeconfig")},
        "mode": "iptables",
        "clusterCIDR": setting.addresses.pods,
        # Without these it wants to set limits of the whole kernel, fails, and no service is reachable.
        "conntrack": {"maxPerCore": 0, "min": 0},
        "iptables": {"minSyncPeriod": "100ms"},
    }


def _containerd(setting: Setting) -> str:
    place = setting.place
    criterion = 'plugins."io.containerd.grpc.v1.cri"'
    return f"""version = 2
root = "{place.images}"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]

[grpc]
address = "{place.containerd_socket}"

[plugins."io.containerd.internal.v1.opt"]
path = "{place.data}/opt"

[{criterion}]
sandbox_image = "{build.image_archive("pause")[0]}"
restrict_oom_score_adj = true
disable_apparmor = true

[{criterion}.cni]
bin_dir = "{requirements.cni_directory()}"
conf_dir = "{setting.files}/cni"

[{criterion}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[{criterion}.registry]
config_path = "{setting.files}/registries"
"""


def _cni(setting: Setting) -> dict[str, Any]:
    # One cable per pod and routes between them: a bridge would need br_netfilter for a service's answers to find their way back.
    addresses = {
        "type": "host-local",
        "ranges": [[{"subnet": setting.addresses.pods}]],
        "routes": [{"dst": "0.0.0.0/0"}],
        "dataDir": str(setting.place.data / "addresses"),
    }
    return {
        "cniVersion": "0.4.0",
        "name": f"seldon-nb-{setting.place.id}",
        "plugins": [
            {"type": "ptp", "ipMasq": True, "ipam": addresses},
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }


def _corefile(setting: Setting) -> str:
    addresses = setting.addresses
    return f"""cluster.local:53 in-addr.arpa:53 {{
    bind {addresses.node}
    errors
    kubernetes cluster.local in-addr.arpa {{
        kubeconfig {setting.files / "dns.kubeconfig"}
        ttl 5
    }}
}}
seldon-nb.test:53 {{
    bind {addresses.node}
    hosts {{
        {addresses.host} host.seldon-nb.test
        {addresses.node} s3.seldon-nb.test
    }}
}}
.:53 {{
    bind {addresses.node}
    template ANY ANY {{
        rcode NXDOMAIN
    }}
}}
"""


def _command(name: str, flags: dict[str, Any]) -> list[str]:
    return [str(build.program(name)), *(f"--{key}={value}" for key, value in flags.items())]


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
