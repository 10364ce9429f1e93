"""Every kernel has the magics."""

c = get_config()  # noqa: F821 - IPython gives it
c.InteractiveShellApp.extensions = ["seldon_nb"]
