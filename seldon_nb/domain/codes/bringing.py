"""Codes 15x: a model's files and packages on their way to the model server."""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep, Severity

_PLAN = NextStep(say=N_("Look at where its files are said to be:"), verb="plan {model} --to {namespace}")
_WHOSE: dict[str, object] = {"name": "fraud", "model": "fraud@3", "namespace": "team-a"}
_SHOW = NextStep(say=N_("See how far it came:"), verb="show {name}")

BRINGING: tuple[Code, ...] = (
    Code(
        id="SNB-150",
        kind=Kind.PLATFORM,
        what=N_("`{name}` was not started: the files of `{model}` hold a path that leads out of the model."),
        saw=N_("The path is {path}."),
        next=(NextStep(say=N_("Log the model again, then plan the new version:"), verb="log model --sample X.head()"), _PLAN),
        who=N_("Whoever may write to the model store, if nobody knows how that file came to be."),
        explain=N_(
            "A model is made of plain files below one directory. Links, devices and paths that lead elsewhere are never written by us, and an archive "
            "that holds one could overwrite files of the server. Nothing of it was unpacked where the server reads."
        ),
        example={**_WHOSE, "path": "../../etc/passwd"},
    ),
    Code(
        id="SNB-151",
        kind=Kind.PLATFORM,
        what=N_("`{name}` was not started: the files of `{model}` are larger than a model may be there."),
        saw=N_("More than {limit} bytes came."),
        next=(_SHOW, _PLAN),
        who=N_("Whoever looks after the model servers can raise the limit."),
        explain=N_(
            "What is brought is counted while it comes, so that a wrong address or a packed file that grows without end cannot fill a machine's disk."
        ),
        example={**_WHOSE, "limit": 21474836480},
    ),
    Code(
        id="SNB-152",
        kind=Kind.PLATFORM,
        what=N_("`{name}` was not started: the place where the files of `{model}` are does not answer."),
        saw=N_("{source}: {reason}."),
        next=(_SHOW, NextStep(say=N_("See what can be reached from here:"), verb="doctor")),
        who=N_("Whoever looks after the model store or the MLflow server."),
        explain=N_(
            "It was tried several times with pauses in between, and will be tried again by itself; what served before goes on answering. A namespace may "
            "also forbid its workloads to reach other addresses."
        ),
        example={**_WHOSE, "source": "http://mlflow.example:5000/", "reason": "ConnectionRefusedError"},
    ),
    Code(
        id="SNB-153",
        kind=Kind.FAULT,
        what=N_("`{name}` was not started: what to bring for `{model}` was not said completely."),
        saw=N_("The setting `{setting}` is missing or cannot be read."),
        next=(NextStep(say=N_("Make the plan again and apply it:"), verb="plan {model} --to {namespace}"),),
        who=N_("Us: a plan of ours always says it. Somebody may have changed the deployment by hand."),
        explain=N_(
            "The address of the files and the digest that they must have stand in the deployment. Without both nothing is brought, because "
            "nobody could tell whether it is what was planned."
        ),
        example={**_WHOSE, "setting": "SNB_DIGEST"},
    ),
    Code(
        id="SNB-154",
        kind=Kind.PLATFORM,
        what=N_("`{name}` was not started: there is no room for the files of `{model}`."),
        saw=N_("The disk was full after {written} bytes."),
        next=(_SHOW,),
        who=N_("Whoever looks after the machines can say how much room a model may take."),
        explain=N_("Files that were half written were removed again."),
        example={**_WHOSE, "written": 1048576},
    ),
    Code(
        id="SNB-155",
        kind=Kind.MODEL_CONTRACT,
        what=N_("The packages that `{model}` needs cannot stand beside those of its server."),
        saw=N_("{reason}"),
        next=(
            NextStep(
                say=N_("Train and log it with the server's versions, which the plan shows:"), verb="plan {model} --to {namespace}"
            ),
        ),
        who=N_("Whoever looks after the model servers can offer an image with another Python or other packages."),
        explain=N_(
            "Packages that differ are packed once and laid before the server's own. That works for the model's libraries, not for those that "
            "the server itself is made of, and not for another minor version of Python."
        ),
        example={**_WHOSE, "reason": "mlserver is part of the server."},
    ),
    Code(
        id="SNB-156",
        kind=Kind.PLATFORM,
        what=N_("The packages that `{model}` needs could not be fetched. Nothing was changed."),
        saw=N_("{reason}"),
        next=(
            NextStep(say=N_("Look at the versions that the model asks for:"), verb="model {model}"),
            NextStep(say=N_("See what can be reached from here:"), verb="doctor"),
        ),
        who=N_("Whoever looks after the mirror of Python packages in your workspace."),
        explain=N_(
            "The versions are those that the model was logged with. They come from the mirror that the workflow's image is set up for."
        ),
        example={**_WHOSE, "reason": "there is no version of scikit-learn==99.1"},
    ),
    Code(
        id="SNB-157",
        kind=Kind.PLATFORM,
        what=N_("The packages that `{model}` needs were packed, but could not be kept beside it. Nothing was changed."),
        saw=N_("{source}: {reason}"),
        next=(
            NextStep(
                say=N_("Leave the choice of packages to the server, if it can answer with its own:"),
                verb="plan {model} --to {namespace}",
            ),
            NextStep(say=N_("See what can be reached from here:"), verb="doctor"),
        ),
        who=N_("Whoever looks after the model store: the Secret of the namespace must also be allowed to write there."),
        explain=N_(
            "Packages that differ from the server's are packed once by the workflow and kept in the model's own store, below `seldon-nb-environments`, under "
            "the digest of what was asked for. Later deployments use what is there. The store must take files from the workflow's step."
        ),
        example={**_WHOSE, "source": "s3://models/seldon-nb-environments/…", "reason": "the store does not let it in."},
    ),
    Code(
        id="SNB-160",
        kind=Kind.USER_INPUT,
        what=N_("An image for `{name}` cannot be built from this. Nothing was started."),
        saw=N_("{reason}"),
        next=(
            NextStep(
                say=N_("Name plain files by paths below one directory, packages as name==version, and the class as module.Class.")
            ),
            NextStep(
                say=N_("Or send the files along with the model, which needs no image:"),
                verb="log model --name {name} --include my_model.py",
            ),
        ),
        explain=N_(
            "An image with code of your own is one layer on top of the server's: your files, packages in pinned versions, and the class that the server "
            "loads. Nothing of it is run while it is built. Parts of the server itself cannot be replaced this way, and all files together stay below 900 kB."
        ),
        example={"name": "fraud", "reason": "../helper.py"},
    ),
    Code(
        id="SNB-158",
        kind=Kind.MODEL_CONTRACT,
        what=N_("`{ref}` cannot be given an environment of its own there."),
        saw=N_("{reason}"),
        next=(
            NextStep(say=N_("Plan it with the server's packages:"), verb="plan {ref} --to {namespace}"),
            NextStep(say=N_("Or train and log it again with the server's versions, which that plan shows.")),
        ),
        who=N_("Whoever looks after the model servers can offer an image with other packages."),
        explain=N_(
            "With an environment of its own, the packages that a model was logged with are packed by the workflow and laid before those of the server. That "
            "needs a server of ours with the same minor version of Python, the model's own list of pinned packages, and a model store that takes files "
            "from the workflow (S3, Google, Azure, or an MLflow server that hands out files)."
        ),
        severity=Severity.BLOCK,
        example={"ref": "fraud@3", "namespace": "team-a", "reason": "A volume is only read."},
    ),
    Code(
        id="SNB-159",
        kind=Kind.MODEL_CONTRACT,
        what=N_("Your model will run with the packages that it was logged with."),
        saw=N_("{packages}. What differs from the server's is packed once, kept beside the model, and laid before them."),
        next=(NextStep(say=N_("To start sooner, leave the choice to the server:"), verb="plan {ref} --to {namespace}"),),
        explain=N_(
            "The first deployment with these packages takes about a minute longer, while they are fetched and packed; later ones use what is there. The "
            "digest of the archive is recorded with the deployment, and another archive is refused when a server starts."
        ),
        severity=Severity.INFO,
        example={"ref": "fraud@3", "namespace": "team-a", "packages": "numpy 2.4.6, scikit-learn 1.8.0"},
    ),
)
