"""5xx: the place it runs in."""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep

_PLATFORM_TEAM = N_("Whoever looks after this machine or workspace for you.")

CODES: tuple[Code, ...] = (
    Code(
        id="SNB-510",
        kind=Kind.PLATFORM,
        what=N_("The gateway of this place cannot listen on port {port}, so nothing was started. Your deployments are kept."),
        saw=N_("Port {port} is used by {holder}."),
        next=(
            NextStep(say=N_("Use another port, from now on:"), verb="here up --port {free}"),
            NextStep(say=N_("Or stop that program if it is yours, then start again:"), verb="here up"),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "A port belongs to one program at a time. The place chooses its port once and keeps it, so that addresses stay the same. "
            "If another program took it meanwhile, nothing is started beside it: callers must never reach somebody else's program by mistake. "
            "Choosing another port changes the addresses of your endpoints and nothing else."
        ),
        example={"port": 8901, "holder": "python (process 4711)", "free": 8902},
    ),
    Code(
        id="SNB-511",
        kind=Kind.UNAVAILABLE,
        what=N_("Models cannot be served on this machine yet: the programs for it are not installed. Nothing was changed."),
        saw=N_("Missing: {missing}."),
        next=(
            NextStep(say=N_("Install them beside this package:"), shell="pip install 'seldon_nb[local]'"),
            NextStep(say=N_("Then see whether everything is there:"), verb="doctor"),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "The core of seldon_nb is small. Serving on one machine needs a model server (MLServer), a gateway (Envoy) and a process supervisor, "
            "which come with the extra called `local`. They are ordinary Python packages: no root and no container is needed."
        ),
        example={"missing": "mlserver, envoy"},
    ),
    Code(
        id="SNB-512",
        kind=Kind.PLATFORM,
        what=N_("This place could not be started. Your deployments are kept and come back as soon as it starts."),
        saw=N_("The process supervisor said: {reason}"),
        next=(
            NextStep(say=N_("See what works and what does not:"), verb="doctor"),
            NextStep(say=N_("Start it again:"), verb="here up"),
            NextStep(say=N_("Read its log:"), shell="tail {log}"),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "A small supervisor keeps the model servers and the gateway alive and starts them again when they stop. "
            "If it does not start, nothing else can. Its log says why; the usual reasons are a full disk, a directory that cannot be written, "
            "or a limit on the number of processes."
        ),
        example={"reason": "it ended with status 2", "log": "~/.local/share/seldon_nb/supervisor/log"},
    ),
    Code(
        id="SNB-513",
        kind=Kind.PLATFORM,
        what=N_("The gateway did not take up its settings, so your change was not made. What was served before is still served."),
        saw=N_("The gateway said: {reason}"),
        next=(
            NextStep(say=N_("See what works and what does not:"), verb="doctor"),
            NextStep(say=N_("Stop everything and start it again; deployments come back:"), verb="here down"),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "Every request passes through the gateway, which checks who is asking. It keeps the last settings that it accepted. "
            "If it refuses new ones, or does not answer, the change is not made, rather than made without its checks."
        ),
        example={"reason": "no answer in 10 seconds"},
    ),
    Code(
        id="SNB-514",
        kind=Kind.PLATFORM,
        what=N_("The directory of this place cannot be used, so nothing was started."),
        saw=N_("{path}: {reason}."),
        next=(
            NextStep(say=N_("Use a directory of your own:"), shell="export SELDON_NB_HOME=~/seldon_nb"),
            NextStep(say=N_("Then see whether it works:"), verb="doctor"),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "Keys, models and records lie in one directory that only you may read. It must belong to you and be writable, "
            "and its path must not hold a line break, ` ;` or ` #`, which the supervisor would read as a comment."
        ),
        example={"path": "/srv/seldon_nb", "reason": "Permission denied"},
    ),
    Code(
        id="SNB-515",
        kind=Kind.PLATFORM,
        what=N_("The disk is full, so your change was not made. What was served before is still served."),
        saw=N_("Writing below {path} failed; {free_mb} MB are free and {needed_mb} MB are needed."),
        next=(
            NextStep(say=N_("See which deployments you no longer need:"), verb="list"),
            NextStep(say=N_("Delete one; its history stays:"), verb="delete NAME"),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "Each deployment holds its own copy of the model's files, so that nobody can change them under it. "
            "A copy is made completely or not at all."
        ),
        example={"path": "~/.local/share/seldon_nb", "free_mb": 12, "needed_mb": 340},
    ),
    Code(
        id="SNB-516",
        kind=Kind.NOT_READY,
        what=N_("This place is down, so nothing answers. Your deployments are kept."),
        saw=N_("Its supervisor is not running."),
        next=(
            NextStep(say=N_("Start it; every deployment comes back:"), verb="here up"),
            NextStep(say=N_("See its state:"), verb="here status"),
        ),
        explain=N_(
            "`here down` stops every process of the place and keeps its files. The next command that needs it starts it again. "
            "After a restart of the machine the same happens."
        ),
        example={},
    ),
    Code(
        id="SNB-517",
        kind=Kind.UNAVAILABLE,
        what=N_("The model servers do not run with Python {python}, so nothing was started."),
        saw=N_("They run with Python {supported}."),
        next=(
            NextStep(say=N_("Make an environment with a Python they know:"), shell="uv venv --python 3.11 server"),
            NextStep(say=N_("Install them there:"), shell="uv pip install --python server 'seldon_nb[local]'"),
            NextStep(say=N_("Say that it is to be used:"), shell="export SELDON_NB_SERVER_PYTHON=$PWD/server/bin/python"),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "MLServer 1.7 supports Python 3.9 to 3.12. The notebook may use a newer one: the model servers can have an environment of their own. "
            "A model that is pickled by a newer Python may then not be readable there; logging checks that."
        ),
        example={"python": "3.14", "supported": "3.10, 3.11, 3.12"},
    ),
)
