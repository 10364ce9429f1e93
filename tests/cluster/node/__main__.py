"""`python -m tests.cluster.node build|up|down|status`."""

from __future__ import annotations

import argparse
import sys
import time

from tests.cluster.node import CannotError, build, life, machine, place, requirements


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster.node", description=__doc__)
    words = parser.add_subparsers(dest="word", required=True)
    building = words.add_parser("build", help="build the programs, once")
    building.add_argument("--lint", action="store_true", help="also Argo's command line, for its linter")
    words.add_parser("up", help="start the node, where it does not run")
    words.add_parser("down", help="take it down")
    words.add_parser("status", help="say whether it runs")
    given = parser.parse_args()
    began = time.monotonic()

    def tell(line: str) -> None:
        print(f"  {line}", flush=True)

    try:
        if given.word == "build":
            requirements.check_machine()
            requirements.install_packages(tell)
            build.build(tell, lint=given.lint)
            print(f"The node is built, in {place.cache()} ({time.monotonic() - began:.0f} s).")
        elif given.word == "up":
            life.up(tell)
            show()
        elif given.word == "down":
            life.down(tell)
        else:
            return show()
    except CannotError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def show() -> int:
    """Print how to use the node; 1 where there is none."""
    node = machine.read(place.here())
    if node is None:
        print("No node of this checkout is running.")
        return 1
    memory = life.memory(place.here())
    missing = [name for name in node.started if name not in memory]
    print(f"A Kubernetes {build.KUBERNETES} with Argo {build.ARGO} is running at {node.api_url}")
    print(f"  export KUBECONFIG={node.kubeconfig}    (contexts: {', '.join(node.tokens)})")
    print(f"  kubectl   {node.kubectl_path}")
    print(f"  S3        {node.s3.url}, keys in {node.state}")
    print(f"  pods      reach this machine at {node.host_ip} (host.seldon-nb.test)")
    print(f"  memory    {sum(memory.values()) >> 20} MiB: " + ", ".join(f"{name} {size >> 20}" for name, size in memory.items()))
    if missing:
        print(f"  stopped   {', '.join(missing)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
