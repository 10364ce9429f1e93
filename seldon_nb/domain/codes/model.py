"""Codes 1xx: the model and its contract with the server that will answer for it."""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep, Severity
from seldon_nb.domain.codes.bringing import BRINGING

_CONTRACT = Kind.MODEL_CONTRACT
_PLATFORM_TEAM = N_("The people who look after the model servers can tell you which packages are installed there.")
_RELOG = "log model --name {name} --sample X.head()"

LOGGING: tuple[Code, ...] = (
    Code(
        id="SNB-110",
        kind=_CONTRACT,
        what=N_("Your model was not logged: there is no sample to learn its columns and answers from."),
        saw=N_(
            "A few rows like those that callers will send give the names and types of the columns, and prove that the model answers."
        ),
        next=(NextStep(say=N_("Log again with some rows of your data:"), verb=_RELOG),),
        explain=N_(
            "The server checks every call against the model's signature: the names and types of the columns, and the shape of the answers. "
            "It is learnt from a sample. Without it callers must guess the format, and a wrong guess is answered with an error that says "
            "nothing. Pass a DataFrame, or an array with two dimensions. For protected data the rows are used to check the model and are not kept."
        ),
        example={"name": "fraud"},
    ),
    Code(
        id="SNB-111",
        kind=_CONTRACT,
        what=N_("Your model {name} has no signature, so its callers cannot know what to send."),
        saw=N_("It was logged without a sample: neither the columns nor the answers are described."),
        next=(NextStep(say=N_("Log it again with some rows of your data:"), verb=_RELOG),),
        explain=N_(
            "A model without a signature accepts anything and says nothing when a column is missing or has the wrong type. Log it again "
            "with a sample. If that is not possible, the finding can be overridden with a reason, which is kept; the endpoint then passes "
            "every call to the model unchecked."
        ),
        severity=Severity.BLOCK,
        overridable=True,
        example={"name": "fraud"},
    ),
    Code(
        id="SNB-112",
        kind=_CONTRACT,
        what=N_("Your model was not logged: the columns of the sample are not those it was trained with."),
        saw=N_("Missing: {missing}. Not in the model: {extra}. Order: {order}."),
        next=(
            NextStep(say=N_("Take the sample from the data that the model was trained with:"), verb=_RELOG),
            NextStep(say=N_("See what the model expects:"), python="model.feature_names_in_"),
        ),
        explain=N_(
            "The signature is learnt from the sample. If its columns differ from those of the training, the endpoint would ask callers for "
            "columns that the model does not know, or leave out some that it needs. The order counts too, because some models read columns by position."
        ),
        severity=Severity.BLOCK,
        example={"name": "fraud", "missing": "age", "extra": "Age (age?)", "order": "—"},
    ),
    Code(
        id="SNB-113",
        kind=_CONTRACT,
        what=N_(
            "Your model was not logged: a part of it is written in this notebook, and the server does not have your notebook."
        ),
        saw=N_("Defined here and needed by the model: {objects}."),
        next=(
            NextStep(
                say=N_(
                    "Move the definition to a file, such as my_model.py, import it from there, train again and send the file along:"
                ),
                verb=_RELOG + " --include my_model.py",
            ),
            NextStep(
                say=N_("Or send a copy of the definition inside the model; it then loads with Python {python} only:"),
                verb=_RELOG + " --include __main__",
            ),
        ),
        explain=N_(
            "A pickled model remembers classes and functions by the name of their module. What is defined in a notebook belongs to a module called "
            "__main__, which in the server is another program. A copy of the code can travel inside the model, but as Python bytecode, which "
            "another minor version of Python cannot read. A file beside the model is the durable way."
        ),
        severity=Severity.BLOCK,
        example={"name": "fraud", "objects": "RatioFeatures", "python": "3.11"},
    ),
    Code(
        id="SNB-114",
        kind=_CONTRACT,
        what=N_("Your model was not logged: it needs files of yours that the server does not have."),
        saw=N_("Needed and in no package: {modules}."),
        next=(
            NextStep(say=N_("Send the files along with the model:"), verb=_RELOG + " {include}"),
            NextStep(say=N_("Or install them as a package in the server's environment and log again.")),
        ),
        explain=N_(
            "A pickled model remembers classes and functions by the name of their module, not by their code. A module that lies in a "
            "file beside your notebook is found here and nowhere else. With --include the files are copied into the model and put on the server's path."
        ),
        severity=Severity.BLOCK,
        example={"name": "fraud", "modules": "features (features.py)", "include": "--include features.py"},
    ),
    Code(
        id="SNB-119",
        kind=_CONTRACT,
        what=N_("Your model was not logged: it does not answer its own sample."),
        saw=N_("Asked for {rows} rows in this notebook, it raised {error_type}."),
        next=(
            NextStep(say=N_("Ask the model yourself and read its message:"), python="model.{predict}(X.head())"),
            NextStep(say=N_("Then log it with rows that it can answer:"), verb=_RELOG),
        ),
        explain=N_(
            "The sample stands for what callers will send. A model that raises here would raise behind the endpoint too. Frequent causes: the "
            "model is not fitted yet, the sample still holds the target column or a column of text that the model cannot read, or a step before "
            "the model (scaling, encoding) is not part of it: put both into one Pipeline."
        ),
        example={"name": "fraud", "rows": 5, "error_type": "ValueError", "predict": "predict"},
    ),
    Code(
        id="SNB-129",
        kind=_CONTRACT,
        what=N_("Your model was not logged: the sample has no rows."),
        saw=N_("It has {columns} columns and 0 rows; one row is enough, five are better."),
        next=(NextStep(say=N_("Log again with some rows of your data:"), verb=_RELOG),),
        explain=N_("Types and answers are learnt from rows. An empty sample often comes from a filter that leaves nothing."),
        example={"name": "fraud", "columns": 12},
    ),
    Code(
        id="SNB-135",
        kind=_CONTRACT,
        what=N_("Your model was not logged: it cannot be served by its method {method}."),
        saw=N_("For a model of kind {flavor} the endpoint can ask: {allowed}."),
        next=(NextStep(say=N_("Log it with its usual answers:"), verb=_RELOG),),
        explain=N_(
            "The endpoint asks one method of the model. With scikit-learn it can be predict or predict_proba; other kinds are asked with "
            "predict. To serve probabilities of another kind, wrap the model in a class with a predict method of its own (mlflow.pyfunc.PythonModel)."
        ),
        example={"name": "fraud", "method": "predict_proba", "flavor": "lightgbm", "allowed": "predict"},
    ),
    Code(
        id="SNB-136",
        kind=_CONTRACT,
        what=N_("Your model was not logged: we do not know how to save an object of this type."),
        saw=N_(
            "It is a {type}. Known are scikit-learn, XGBoost, LightGBM, mlflow.pyfunc.PythonModel, functions, and what MLflow itself can save."
        ),
        next=(
            NextStep(
                say=N_("Wrap it in a class whose predict takes a DataFrame:"),
                python="class MyModel(mlflow.pyfunc.PythonModel): predict = lambda self, context, X: model.predict(X)",
            ),
        ),
        explain=N_(
            "A model is saved in the format of its library, so that the server can load it. For anything else, MLflow's PythonModel is the "
            "general form: a class with a method predict(context, model_input). If you passed the name of a variable, check that it holds the fitted model."
        ),
        example={"name": "fraud", "type": "builtins.dict"},
    ),
    Code(
        id="SNB-138",
        kind=_CONTRACT,
        what=N_("Your model was not logged: a file that should travel with it is not there."),
        saw=N_("{file} was looked for in {directory}."),
        next=(
            NextStep(
                say=N_("Give its path from there, or the full one:"),
                verb="log model --name {name} --sample X.head() --include path/to/my_model.py",
            ),
        ),
        explain=N_(
            "--include takes files and directories, or the word __main__ for what the notebook itself defines. Paths start where the notebook runs."
        ),
        example={"name": "fraud", "file": "features.py", "directory": "/home/user/notebooks"},
    ),
)

CLEAN_ROOM: tuple[Code, ...] = (
    Code(
        id="SNB-115",
        kind=_CONTRACT,
        what=N_("Your model works here, but not with the packages of the server."),
        saw=N_(
            "{package}: you have {wanted}, the server has {found}. It ended with {error_type}: {hint} All differences: {conflicts}."
        ),
        next=(
            NextStep(say=N_("Install the server's version here, train again, and log again:"), shell='pip install "{pin}"'),
            NextStep(
                say=N_("Or, for a version that is logged already, deploy it with your packages:"),
                verb="plan {name} --to team-a --environment own",
            ),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "A pickled model is read back by the packages of the server. If they are older or newer than yours, classes may have moved or changed and "
            "the model cannot be read. The check loaded your model in a clean process with the server's packages, so the failure is real and "
            "was found before anything was deployed."
        ),
        severity=Severity.BLOCK,
        example={
            "name": "fraud",
            "package": "scikit-learn",
            "wanted": "1.9.1",
            "found": "1.6.1",
            "error_type": "ModuleNotFoundError",
            "hint": "No module named 'sklearn._loss'.",
            "conflicts": "scikit-learn 1.9.1 → 1.6.1",
            "pin": "scikit-learn==1.6.1",
        },
    ),
    Code(
        id="SNB-116",
        kind=_CONTRACT,
        what=N_("Your model {name} is saved in a format that the server cannot read."),
        saw=N_("The format is {serialization}. The server reads {readable}."),
        next=(NextStep(say=N_("Log it again; we save it in a format that the server reads:"), verb=_RELOG),),
        who=_PLATFORM_TEAM,
        explain=N_(
            "Since version 3.14, MLflow saves scikit-learn models as skops unless told otherwise. No released model server can read that "
            "yet: it stops while loading. Models that are logged with `log` are saved with cloudpickle. If you log with MLflow itself, pass "
            'serialization_format="cloudpickle".'
        ),
        severity=Severity.BLOCK,
        example={"name": "fraud", "serialization": "skops", "readable": "cloudpickle, pickle"},
    ),
    Code(
        id="SNB-117",
        kind=_CONTRACT,
        what=N_("Your model cannot be loaded in a clean process."),
        saw=N_("With the server's packages (Python {python}, {packages}) loading ended with {error_type}: {hint}"),
        next=(
            NextStep(say=N_("If it needs a file of yours, send it along:"), verb=_RELOG + " --include my_model.py"),
            NextStep(say=N_("Compare your environment with the server's:"), verb="doctor"),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "The model was loaded in a new process with the packages of the server and nothing of your notebook: no variables, no working "
            "directory, no local files. A model that loads only in your notebook depends on something that exists there alone: a module, a file, a setting."
        ),
        severity=Severity.BLOCK,
        example={
            "name": "fraud",
            "python": "3.11.7",
            "packages": "scikit-learn 1.9.1",
            "error_type": "ModuleNotFoundError",
            "hint": "No module named 'features'.",
        },
    ),
    Code(
        id="SNB-118",
        kind=_CONTRACT,
        what=N_("Your model will refuse calls in which these columns have a missing value: {columns}."),
        saw=N_("They were whole numbers in the sample, and a whole number has no room for a missing value once it is served."),
        next=(
            NextStep(say=N_("If values can be missing, log them as decimals:"), verb=_RELOG + " --integers float"),
            NextStep(say=N_("If they never are missing, there is nothing to do.")),
        ),
        explain=N_(
            "pandas keeps whole numbers with a missing value as decimals, and the server refuses decimals where the signature says whole numbers. "
            "With --integers float the signature says decimal for these columns, and both forms are accepted."
        ),
        severity=Severity.WARN,
        example={"name": "fraud", "columns": "age, claims"},
    ),
    Code(
        id="SNB-120",
        kind=_CONTRACT,
        what=N_("Your model gives other answers in a clean process than in your notebook."),
        saw=N_("{differing} of {rows} rows differ ({how})."),
        next=(
            NextStep(say=N_("Ask twice here; if the answers change, fix the random seed:"), python="model.predict(X.head())"),
            NextStep(say=N_("Compare your environment with the server's:"), verb="doctor"),
        ),
        explain=N_(
            "The same rows were asked here and in a clean process with the server's packages, and numbers were compared to nine digits. Different answers "
            "mean that the served model is not the one you tested: another package version, something that the model reads from your notebook, "
            "or chance in the model. If chance is intended, the finding can be overridden with a reason, which is kept."
        ),
        severity=Severity.BLOCK,
        overridable=True,
        example={"name": "fraud", "differing": 3, "rows": 5, "how": "1e-2"},
    ),
    Code(
        id="SNB-121",
        kind=_CONTRACT,
        what=N_("The answers of your model depend on the order of the columns."),
        saw=N_("The same rows with their columns in another order were answered differently, or not at all."),
        next=(
            NextStep(say=N_("Train with a DataFrame, so that the model knows its columns by name, and log again:"), verb=_RELOG),
        ),
        explain=N_(
            "Callers name their columns and expect the names to count, not the order. A model that reads by position answers wrongly, without an "
            "error, when somebody sends the columns in another order."
        ),
        severity=Severity.WARN,
        example={"name": "fraud"},
    ),
    Code(
        id="SNB-122",
        kind=_CONTRACT,
        what=N_("Your model does not answer when one of these columns is missing a value: {columns}."),
        saw=N_("Each was tried once with one missing value; {answering} other columns may be missing a value."),
        next=(
            NextStep(
                say=N_("To accept them, put an imputer first in the model, such as sklearn.impute.SimpleImputer, and log again:"),
                verb=_RELOG,
            ),
        ),
        explain=N_("Many models refuse missing values. Callers are told so before a call is sent, with the name of the column."),
        severity=Severity.INFO,
        example={"name": "fraud", "columns": "age, income", "answering": 3},
    ),
    Code(
        id="SNB-123",
        kind=_CONTRACT,
        what=N_("Your model was saved by MLflow, and we did not check it further."),
        saw=N_(
            "It is a {flavor} model. Its answers, the order of its columns and missing values were not compared in a clean process."
        ),
        next=(NextStep(say=N_("Try it before others rely on it:"), verb="deploy {name} --to dev"),),
        explain=N_(
            "The full check is made for scikit-learn, XGBoost, LightGBM and Python models. Other kinds are passed through as MLflow saves them: the "
            "server may need packages that it does not have."
        ),
        severity=Severity.WARN,
        example={"name": "fraud", "flavor": "statsmodels"},
    ),
    Code(
        id="SNB-124",
        kind=_CONTRACT,
        what=N_("Your model will be answered by other package versions than those it was trained with."),
        saw=N_(
            "Yours → the server's: {conflicts}. The model loads with both, and the answers were compared where that was possible."
        ),
        next=(
            NextStep(
                say=N_("To be on the safe side, install the server's versions here, train and log again:"),
                shell="pip install {pins}",
            ),
            NextStep(say=N_("Or deploy it to a cluster with your versions:"), verb="plan {name} --to team-a --environment own"),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "Small differences of version are usual and mostly harmless. Libraries warn of them because the way they keep models may change."
        ),
        severity=Severity.WARN,
        example={"name": "fraud", "conflicts": "numpy 2.4.6 → 2.3.5", "pins": '"numpy==2.3.5"'},
    ),
    Code(
        id="SNB-125",
        kind=_CONTRACT,
        what=N_("Your model is large: {size_mb} MB."),
        saw=N_(
            "Each server that answers for it copies and loads all of it; above {limit_mb} MB that takes long and much memory."
        ),
        next=(
            NextStep(say=N_("See whether a smaller model is as good: fewer or shallower trees, float32, compression.")),
            NextStep(say=N_("If not, there is nothing to do; starting takes longer.")),
        ),
        explain=N_(
            "A frequent cause is a forest of unlimited depth, or training data that is kept inside the model (nearest neighbours, search results)."
        ),
        severity=Severity.WARN,
        example={"name": "fraud", "size_mb": 900, "limit_mb": 500},
    ),
    Code(
        id="SNB-126",
        kind=_CONTRACT,
        what=N_("The signature of your model {name} describes what goes in, but not what comes out."),
        saw=N_("The model server stops while loading such a model."),
        next=(NextStep(say=N_("Log it again; the answers are added to the signature:"), verb=_RELOG),),
        explain=N_(
            "A signature made by hand, or from the input alone, has no outputs. MLServer's MLflow runtime cannot start with it, and takes other models of the "
            "same server down with it. Models that are logged with `log` always have outputs."
        ),
        severity=Severity.BLOCK,
        example={"name": "fraud"},
    ),
    Code(
        id="SNB-127",
        kind=_CONTRACT,
        what=N_("Your model {name} was made with another version of Python than the server has."),
        saw=N_("It was pickled with Python {python}, the server has Python {server}."),
        next=(
            NextStep(say=N_("Train and log it again with Python {server}:"), verb=_RELOG),
            NextStep(say=N_("Or move the class to a file and send it along:"), verb=_RELOG + " --include my_model.py"),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "Python code inside a pickled model (a PythonModel, or a class of the notebook) is kept as bytecode, which only the same minor version of Python "
            "can read. Where no code is inside, only the libraries count, and this is a warning."
        ),
        severity=Severity.BLOCK,
        example={"name": "fraud", "python": "3.11", "server": "3.10"},
    ),
    Code(
        id="SNB-128",
        kind=_CONTRACT,
        what=N_("The files of your model {ref} are not those that were planned. Nothing was changed."),
        saw=N_("Planned with {planned}, now they give {found}."),
        next=(
            NextStep(say=N_("Log the model again, which makes a new version, and plan that.")),
            NextStep(say=N_("See who did what:"), verb="history {ref}"),
        ),
        who=N_("Whoever looks after the place where MLflow keeps its files can tell what changed them."),
        explain=N_(
            "A version is pinned to the digest of its files when it is logged. If a byte has changed since, nobody knows what would be served, so it is not "
            "served. Changing a model means logging a new version."
        ),
        severity=Severity.BLOCK,
        example={"ref": "fraud@3", "planned": "sha256:3f2a9c01b7de", "found": "sha256:90bb17c2aa01"},
    ),
    Code(
        id="SNB-137",
        kind=_CONTRACT,
        what=N_("Your model answers in your notebook, but raises in a clean process."),
        saw=N_(
            "With the server's packages it loaded, and then ended with {error_type} on the sample. Differences of version: {conflicts}."
        ),
        next=(
            NextStep(say=N_("Compare your environment with the server's:"), verb="doctor"),
            NextStep(
                say=N_("If it reads a file or a variable of your notebook, keep that inside the model and log again:"),
                verb=_RELOG,
            ),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "The sample was asked in a new process with the packages of the server and nothing of your notebook. A model that answers only in your notebook "
            "depends on something that exists there alone, or on a package version that the server does not have."
        ),
        severity=Severity.BLOCK,
        example={"name": "fraud", "error_type": "AttributeError", "conflicts": "scikit-learn 1.9.1 → 1.6.1"},
    ),
)

FINDING: tuple[Code, ...] = (
    Code(
        id="SNB-130",
        kind=Kind.USER_INPUT,
        what=N_("There is no model called {name}."),
        saw=N_("The nearest names are: {nearest}."),
        next=(
            NextStep(say=N_("See all models:"), verb="list"),
            NextStep(say=N_("Or log yours:"), verb=_RELOG),
        ),
        explain=N_(
            "Names count exactly, with capitals and hyphens. If it should be there, check that you look into the right MLflow (MLFLOW_TRACKING_URI)."
        ),
        example={"name": "froud", "nearest": "fraud"},
    ),
    Code(
        id="SNB-131",
        kind=Kind.USER_INPUT,
        what=N_("{name} has no version {version}."),
        saw=N_("It has: {versions}."),
        next=(
            NextStep(say=N_("Look at the latest:"), verb="show {name}@{latest}"),
            NextStep(say=N_("See all models:"), verb="list"),
        ),
        explain=N_("Versions are numbered from 1 and never used twice; a deleted version leaves a gap."),
        example={"name": "fraud", "version": 7, "versions": "1, 2, 3", "latest": 3},
    ),
    Code(
        id="SNB-132",
        kind=Kind.USER_INPUT,
        what=N_("{name} has no alias called {alias}."),
        saw=N_("Its aliases are: {aliases}."),
        next=(
            NextStep(say=N_("Use a version by its number:"), verb="show {name}@{latest}"),
            NextStep(
                say=N_("Or give the alias to a version:"),
                python='mlflow.MlflowClient().set_registered_model_alias("{name}", "{alias}", "{latest}")',
            ),
        ),
        explain=N_(
            "An alias such as champion points to one version and can be moved. What is deployed is pinned to the version that it pointed to."
        ),
        example={"name": "fraud", "alias": "champoin", "aliases": "champion (2)", "latest": 3},
    ),
    Code(
        id="SNB-133",
        kind=Kind.USER_INPUT,
        what=N_("{ref} is not a model as we know how to write one."),
        saw=N_("Known forms: fraud@1, fraud/1, fraud@champion, models:/fraud/1, models:/fraud@champion, runs:/<run>/model."),
        next=(NextStep(say=N_("See all models:"), verb="list"),),
        explain=N_("A reference names a model and a version or an alias. Without either it means the latest version."),
        example={"ref": "fraud:1"},
    ),
    Code(
        id="SNB-134",
        kind=Kind.USER_INPUT,
        what=N_("{ref} does not lead to a registered model."),
        saw=N_("In run {run} we saw {models} models called {path}, and {versions} registered versions of them."),
        next=(
            NextStep(say=N_("Log the model, which registers it:"), verb="log model --name {path} --sample X.head()"),
            NextStep(say=N_("See all models:"), verb="list"),
        ),
        explain=N_(
            "A run can hold models that nobody registered. Only a registered version has a number that a deployment can be pinned to. The run's "
            "identifier is the 32 letters and digits that MLflow shows beside it."
        ),
        example={
            "ref": "runs:/0a1b2c3d4e5f60718293a4b5c6d7e8f9/model",
            "run": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "models": 1,
            "path": "model",
            "versions": 0,
        },
    ),
)

STORE: tuple[Code, ...] = (
    Code(
        id="SNB-140",
        kind=Kind.UNAVAILABLE,
        what=N_("Your models cannot be reached: MLflow does not answer. Nothing was changed."),
        saw=N_("We asked {uri}: {reason}."),
        next=(
            NextStep(say=N_("Check the address in MLFLOW_TRACKING_URI, and try again:"), verb="doctor"),
            NextStep(
                say=N_("Or work with the MLflow of this machine: unset the variable and restart the kernel."),
                shell="unset MLFLOW_TRACKING_URI",
            ),
        ),
        who=N_("Whoever runs the MLflow server can tell whether it is up."),
        explain=N_(
            "We look for a few seconds before each use, rather than wait for minutes. What was deployed goes on answering; it does not need MLflow."
        ),
        example={"uri": "http://mlflow.example:5000", "reason": "ConnectError"},
    ),
    Code(
        id="SNB-141",
        kind=Kind.PLATFORM,
        what=N_("Your model was not logged: the disk is full. Everything that had been written was removed again."),
        saw=N_("{path} has {free_mb} MB left; the model needs {needed_mb} MB."),
        next=(
            NextStep(say=N_("See what takes the room:"), shell="du -xh --max-depth=2 {path} | sort -h | tail"),
            NextStep(say=N_("Then log again:"), verb=_RELOG),
        ),
        who=N_("Whoever gave you this disk can give you a larger one."),
        explain=N_("A half-written model is worse than none, so it is taken back completely: no version, no run, no files."),
        example={"name": "fraud", "path": "/home/user/data", "free_mb": 0, "needed_mb": 12},
    ),
    Code(
        id="SNB-142",
        kind=Kind.NOT_ALLOWED,
        what=N_("MLflow refused. Nothing was changed."),
        saw=N_("{uri} answered {status}: {reason}."),
        next=(
            NextStep(say=N_("Check who you are to MLflow (MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_TOKEN):"), verb="doctor"),
            NextStep(say=N_("Or use a name that is yours:"), verb="log model --name my-model --sample X.head()"),
        ),
        who=N_("Whoever runs the MLflow server can give you the right to read or to register models."),
        explain=N_("The MLflow server decides who may read and who may register. Its own word is repeated above."),
        example={"uri": "http://mlflow.example:5000", "status": "403", "reason": "PERMISSION_DENIED"},
    ),
)

CODES: tuple[Code, ...] = (*LOGGING, *CLEAN_ROOM, *FINDING, *STORE, *BRINGING)
