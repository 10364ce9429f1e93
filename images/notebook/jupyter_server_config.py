"""What a notebook server in a pod needs to be told; whoever starts it may add options."""

import os

c = get_config()  # noqa: F821 - Jupyter gives it
c.ServerApp.ip = "0.0.0.0"  # noqa: S104 - a pod's own address is not known beforehand, and nothing else listens in it
c.ServerApp.port = 8888
c.ServerApp.open_browser = False
# Kubeflow tells the path that its gateway leads here by.
c.ServerApp.base_url = os.environ.get("NB_PREFIX") or "/"
c.ServerApp.root_dir = os.environ["HOME"]
c.ServerApp.allow_root = False
