"""Codes 320–329: rows that do not fit the model, and answers that cannot be read.

No sentence here ever shows a value of a row: names of columns, types, counts and positions only.
"""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep

CODES: tuple[Code, ...] = (
    Code(
        id="SNB-320",
        kind=Kind.USER_INPUT,
        what=N_("Your rows do not have the columns that {model} takes; nothing was sent."),
        saw=N_("{differences} The model expects: {expected}."),
        next=(
            NextStep(say=N_("Give the columns the names that the model knows:"), python="{fix}"),
            NextStep(say=N_("See what the model takes:"), verb="show {model}"),
        ),
        explain=N_(
            "A model finds its inputs by the names of the columns, and names are compared letter by letter: `Age` is not `age`. "
            "The names come from the signature, which was written when the model was logged. "
            "The order of your columns does not matter, and neither does the index. A column that the model does not know is left out "
            "with a note, unless another one is missing at the same time: then it is probably the missing one under another name, and "
            "we would rather ask than guess."
        ),
        example={
            "model": "fraud@3",
            "differences": "Column `Age` is not in the model; did you mean `age`?",
            "expected": "age, income, region",
            "fix": 'rows = rows.rename(columns={"Age": "age"})',
        },
    ),
    Code(
        id="SNB-321",
        kind=Kind.USER_INPUT,
        what=N_("Column `{column}` does not have the type that {model} takes; nothing was sent."),
        saw=N_("Found {found}; the model takes {wanted}.{others}"),
        next=(
            NextStep(say=N_("Convert the column, if this is what it means, or look at what stands in the way:"), python="{fix}"),
            NextStep(say=N_("See what the model takes:"), verb="show {model}"),
        ),
        explain=N_(
            "Every column of a model has a type, written down when the model was logged. A conversion that keeps every value is done without a "
            "word: whole numbers become decimals, decimals that are whole become whole numbers, small integers become large ones, "
            "categories become what they stand for. Everything else is yours to decide, because it can change what the value means: text that looks like a "
            "number may be a code with leading zeros, and a date without a time zone is not the same moment everywhere."
        ),
        example={
            "column": "age",
            "model": "fraud@3",
            "found": "text that looks like numbers (str)",
            "wanted": "whole numbers (long)",
            "others": "",
            "fix": 'rows["age"] = pd.to_numeric(rows["age"])',
        },
    ),
    Code(
        id="SNB-322",
        kind=Kind.USER_INPUT,
        what=N_("Column `{column}` has missing values where {model} takes none; nothing was sent."),
        saw=N_("{count} of {rows} values are missing, at row {positions} (counting from 0). The model takes {wanted}.{others}"),
        next=(
            NextStep(say=N_("Leave these rows out:"), python="rows = rows.dropna(subset=[{literal}])"),
            NextStep(
                say=N_("Or fill them the way you did before training; see them first:"), python="rows[rows[{literal}].isna()]"
            ),
            NextStep(
                say=N_("Or, if a missing value is normal here, log the model again with room for it, and a sample that has one:"),
                python='sn.log(model, name="{name}", sample=rows, integers="float")',
            ),
        ),
        explain=N_(
            'Whole numbers, yes/no values and bytes have no way to say "missing" on their way to a model server: sent anyway, the server answers with '
            "an error, or takes a missing yes/no value for a no. Decimals, text and dates do have one, and their missing values are sent as they are. "
            'If rows without this value are part of normal life, log the model with `integers="float"`: its integer columns then become decimals.'
        ),
        example={
            "column": "age",
            "literal": '"age"',
            "name": "fraud",
            "model": "fraud@3",
            "count": 3,
            "rows": "1,000",
            "positions": "4, 17, 203",
            "wanted": "whole numbers (long)",
            "others": "",
        },
    ),
    Code(
        id="SNB-323",
        kind=Kind.USER_INPUT,
        what=N_("There are no rows to ask {model} about; nothing was sent."),
        saw=N_("Found {found}."),
        next=(NextStep(say=N_("Look at the filter, or at the file that the rows come from:"), python="rows.shape"),),
        explain=N_(
            "An empty question has no answer, and a model server answers it with an error that names no reason. So we do not send it."
        ),
        example={"model": "fraud@3", "found": "a DataFrame of 0 rows and 12 columns"},
    ),
    Code(
        id="SNB-324",
        kind=Kind.USER_INPUT,
        what=N_("This is not something that {model} can be asked with; nothing was sent."),
        saw=N_("Found {found}; the model takes {wanted}."),
        next=(
            NextStep(say=N_("Bring it into that form:"), python="{fix}"),
            NextStep(say=N_("See what the model takes:"), verb="show {model}"),
        ),
        explain=N_(
            "A model with columns takes a pandas DataFrame with one column per input (or a two-dimensional array with as many columns, in the "
            "model's order). A model with tensors takes numpy arrays whose first dimension counts the rows. Tables that can turn themselves into a DataFrame "
            "(polars, Arrow) are taken too."
        ),
        example={
            "model": "fraud@3",
            "found": "a list",
            "wanted": "a DataFrame with the columns age, income, region",
            "fix": "rows = pd.DataFrame(rows)",
        },
    ),
    Code(
        id="SNB-325",
        kind=Kind.PLATFORM,
        what=N_("{name} answered, but the answer could not be read; no predictions were kept."),
        saw=N_("{reason} This concerns rows {rows}."),
        next=(
            NextStep(say=N_("See whether the deployment is well:"), verb="show {name}"),
            NextStep(say=N_("Check everything between here and there:"), verb="doctor"),
        ),
        who=N_("The people who run the place can see what the model server wrote in its log."),
        explain=N_(
            "An answer must be a message of the protocol that the deployment speaks, with as many rows as were asked about. Something else came back: a proxy in between, a server "
            "of another kind, or a model that does not answer row by row. When rows are sent in several requests and one of them fails, "
            "the answers to the others are thrown away: you never hold half a table."
        ),
        example={"name": "dev/fraud", "reason": "It is not JSON.", "rows": "10,001–20,000"},
    ),
    Code(
        id="SNB-326",
        kind=Kind.USER_INPUT,
        what=N_("Column `{column}` cannot travel to {model} in the protocol that it is served with; nothing was sent."),
        saw=N_("{reason} The protocol is `{protocol}`."),
        next=(
            NextStep(say=N_("Look at the values that it concerns:"), python="{fix}"),
            NextStep(say=N_("See how it is served:"), verb="show {model}"),
        ),
        who=N_(
            "Whoever deployed the model: served with the protocol `v2`, it can be asked with every type that a signature knows."
        ),
        explain=N_(
            "The protocols differ in what they can say. `v2` names the type of every column. `seldon` and `tensorflow` send plain JSON, "
            "which knows neither dates nor bytes nor the width of a number, and over gRPC every number of the seldon protocol is a decimal. What would arrive as something else "
            "is not sent: a model that is asked with other values than yours gives an answer to another question."
        ),
        example={
            "column": "seen_at",
            "model": "fraud@3",
            "reason": "It has no word for dates.",
            "protocol": "seldon, REST",
            "fix": 'rows["seen_at"].head()',
        },
    ),
    Code(
        id="SNB-327",
        kind=Kind.MODEL_CONTRACT,
        what=N_("`{name}` took your question and could not read it, so there is no answer."),
        saw=N_("It said {reason}. The message is not kept, because it may hold values of your rows."),
        next=(
            NextStep(say=N_("See what the deployment expects:"), verb="show {name}"),
            NextStep(say=N_("Ask the model in your notebook with the same rows:"), python="model.predict(X)"),
        ),
        who=N_("Whoever wrote the model's server."),
        explain=N_(
            "Servers of the seldon protocol take rows in several forms: as a table of numbers, as records, as text, as bytes. This one was sent a form that its own "
            "code does not take, or a table of another shape. The form follows from the signature and from the kind of server; a server of your own may want another one."
        ),
        example={"name": "dev/fraud", "reason": "MICROSERVICE_BAD_DATA"},
    ),
    Code(
        id="SNB-328",
        kind=Kind.USER_INPUT,
        what=N_("`{name}` is asked over gRPC, and what that needs is not installed here; nothing was sent."),
        saw=N_("The package `{package}` cannot be imported."),
        next=(
            NextStep(say=N_("Install it beside this package, then restart the kernel:"), shell="pip install 'seldon_nb[grpc]'"),
        ),
        explain=N_(
            "Questions over HTTP need nothing more than this package. gRPC needs two others, grpcio and protobuf, which are large and seldom wanted, "
            "so they come only if asked for."
        ),
        example={"name": "dev/fraud", "package": "grpc"},
    ),
    Code(
        id="SNB-329",
        kind=Kind.USER_INPUT,
        what=N_("`{name}` is served in a way that cannot be asked from here; nothing was sent."),
        saw=N_("Its protocol is `{protocol}` over {transport}; we speak {known}."),
        next=(NextStep(say=N_("See how it is served:"), verb="show {name}"),),
        who=N_("Whoever deployed it can choose another protocol."),
        explain=N_(
            "A deployment says which protocol it speaks (`seldon`, `tensorflow`, `v2`) and whether over REST or gRPC. Every combination that a data frame fits into is spoken here; "
            "TensorFlow's own gRPC service and streams are not."
        ),
        example={"name": "dev/fraud", "protocol": "tensorflow", "transport": "gRPC", "known": "`v2`, `seldon`, `tensorflow`"},
    ),
)
