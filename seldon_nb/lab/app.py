"""The server extension: what an administrator can settle, which routes there are, and a clean end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Callable, Enum, Int, List, Unicode

from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.lab.events import register
from seldon_nb.lab.routes import routes
from seldon_nb.lab.work import Work

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from seldon_nb.settings import Settings
    from seldon_nb.workspace import Workspace


class SeldonNbApp(ExtensionApp):
    """Models, plans, deployments and their tests for the side panel of JupyterLab and Notebook."""

    name = "seldon_nb"
    description = "The server side of seldon_nb's panel."
    extension_url = "/lab"
    load_other_extensions = True

    place = Enum(
        ["", "here", "cluster"],
        default_value="",
        help="Which place the panel shows: this machine, a cluster, or both (empty: a cluster too if one was chosen or this is a pod of it). "
        "Empty leaves it to SELDON_NB_PLACE.",
    ).tag(config=True)
    context = Unicode("", help="The kubeconfig's context; empty leaves it to SELDON_NB_CONTEXT and the current one.").tag(
        config=True
    )
    home = Unicode(
        "", help="The directory of this machine's place; empty leaves it to SELDON_NB_HOME and the user's data directory."
    ).tag(config=True)
    tracking_uri = Unicode("", help="MLflow's address; empty leaves it to MLFLOW_TRACKING_URI and the place's own file.").tag(
        config=True
    )
    classification = Unicode(
        "",
        help="Of the data that this workspace holds (unclassified, protected-a, protected-b …); empty leaves it to SELDON_NB_CLASSIFICATION and "
        "the place. An unknown word counts as Protected B.",
    ).tag(config=True)
    allow_actions = Bool(
        True,
        help="Whether the panel may change anything. If not, it still shows, and what people may do with magics and in a shell stays as it is.",
    ).tag(config=True)
    allow_open_server = Bool(
        False,
        help="Answer in a protected workspace although the server runs with allow_origin='*' or disable_check_xsrf. "
        "Only where something before this server keeps other sites away.",
    ).tag(config=True)
    trusted_origins = List(
        Unicode(),
        help="Addresses by which browsers know this server (https://notebooks.example), if a proxy changes the Host header. "
        "Other origins are refused, whatever allow_origin says.",
    ).tag(config=True)
    most_rows = Int(1000, min=1, max=100_000, help="How many rows one test may send.").tag(config=True)
    request_limit_bytes = Int(4 * 1024 * 1024, min=1024, help="How large one request of the panel may be.").tag(config=True)
    idle_minutes = Int(
        3,
        min=1,
        help="After how many minutes without a request nobody watches the places any more; the next request starts it again.",
    ).tag(config=True)
    threads = Int(8, min=2, max=64, help="How many requests are worked on at a time.").tag(config=True)
    workspace_factory = Callable(
        None,
        allow_none=True,
        help="Makes the workspace from its settings, instead of seldon_nb.workspace.Workspace; for platforms with places of their own.",
    ).tag(config=True)

    work: Work
    #: The setting by which any page in the browser could act here; empty if there is none.
    open_door = ""

    def initialize_settings(self) -> None:
        """Nothing is made yet: the workspace comes with the first request that needs it."""
        assert self.serverapp is not None
        self.work = Work(self._make, threads=self.threads)
        register(self.serverapp.event_logger)
        self.open_door = "" if self.allow_open_server else _open_door(self.serverapp)
        if self.open_door:
            self.log.warning(
                "seldon_nb: the server runs with %s: the panel will answer nothing if the workspace is protected. "
                "Remove it, or set SeldonNbApp.allow_open_server if something else keeps other sites away.",
                self.open_door,
            )

    def initialize_handlers(self) -> None:
        """All routes, from one tuple per resource."""
        self.handlers.extend(routes())

    async def stop_extension(self) -> None:
        """Watchers and threads end with the server; what runs in a place goes on."""
        if "work" in vars(self):
            await asyncio.get_running_loop().run_in_executor(None, self.work.close)

    @property
    def notebooks(self) -> Path:
        """Where this server's notebooks lie."""
        assert self.serverapp is not None
        return Path(self.serverapp.root_dir)

    def to_settings(self) -> Settings:
        """The administrator's words, else the environment's. Raises: SNB-706."""
        from seldon_nb.settings import Settings

        return Settings.read(
            home=self.home,
            tracking_uri=self.tracking_uri,
            classification=self.classification,
            place=self.place,
            context=self.context,
        )

    def _make(self) -> Workspace:
        from seldon_nb.workspace import Workspace

        factory: Any = self.workspace_factory
        made: Workspace = (Workspace if factory is None else factory)(self.to_settings())
        return made

    async def why_closed(self) -> SeldonNbError | None:
        """SNB-414 if any page in the browser could act here and the data is protected; the data is only asked about if the door is open."""
        if not self.open_door:
            return None
        return await self.work.run(lambda: self.work.part("closed", self._judge)[0])

    def _judge(self) -> tuple[SeldonNbError | None]:
        from seldon_nb.lab.protection import is_protected

        if not is_protected(self.work):
            return (None,)
        self.log.error(
            "seldon_nb: the panel answers nothing: this workspace is protected and the server runs with %s.", self.open_door
        )
        return (fail("SNB-414", setting=self.open_door),)


def _open_door(server: ServerApp) -> str:
    if server.allow_origin == "*":
        return "ServerApp.allow_origin = '*'"
    return "ServerApp.disable_check_xsrf = True" if server.disable_check_xsrf else ""
