"""``python -m tests.cluster.operator --kubeconfig …`` runs the stand-in until it is told to stop."""

from tests.cluster.operator.run import main

if __name__ == "__main__":
    main()
