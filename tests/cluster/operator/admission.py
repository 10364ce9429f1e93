"""Stand-in for the Seldon operator's validating webhook: the recorded refusals, word for word. Pure."""

from __future__ import annotations

from tests.cluster.operator.objects import SERVERS, Document, nodes

Fault = tuple[str, str, str]  # field, value, message
KAFKA = {"KAFKA_BROKER", "KAFKA_INPUT_TOPIC", "KAFKA_OUTPUT_TOPIC"}
ANY = {"SIMPLE_MODEL", "SIMPLE_ROUTER", "RANDOM_ABTEST", "AVERAGE_COMBINER", "TEMPO_SERVER", *SERVERS}


def in_graph(spec: Document, predictor: Document, field: str) -> list[Fault]:
    """What is wrong with a predictor's nodes."""
    parts = [part for one in predictor.get("componentSpecs") or [] for part in one["spec"]["containers"]]
    images = {part["name"]: part.get("image") for part in parts}
    out = []
    for node in nodes(predictor["graph"]):
        kind, name = node.get("implementation") or "UNKNOWN_IMPLEMENTATION", node["name"]
        prepackaged = kind != "UNKNOWN_IMPLEMENTATION" and kind not in ANY - set(SERVERS)
        if kind == "UNKNOWN_IMPLEMENTATION" and name not in images:
            out.append((field, name, "Can't find container for Predictive Unit"))
        if node.get("type") == "UNKNOWN_TYPE" and not node.get("methods"):
            out.append(
                (
                    field,
                    name,
                    "Predictive Unit has no implementation methods defined. Change to a known type or add what methods it defines",
                )
            )
        if prepackaged and kind in SERVERS and not node.get("modelUri") and kind != "HUGGINGFACE_SERVER":
            out.append((field, name, "Predictive unit modelUri required when using standalone servers"))
        if prepackaged and spec.get("protocol") == "tensorflow" and "runtime" in SERVERS.get(kind, {}):
            out.append((field, name, f"Prepackaged server does not handle tensorflow protocol {kind}"))
        if prepackaged and kind not in SERVERS and not images.get(name):
            out.append((field, name, f"No entry in predictors map for {kind}"))
        if "logger" in node and not node["logger"].get("mode"):
            out.append((field, name, "No logger mode specified"))
    if "seldon.io/no-engine" in (predictor.get("annotations") or {}) and len(nodes(predictor["graph"])) > 1:
        out.append((field, predictor["name"], "Running without engine only valid for single element graphs"))
    return out


def traffic(predictors: list[Document]) -> list[Fault]:
    """What is wrong with the shares of the calls."""
    shadows = [one for one in predictors if one.get("shadow")]
    rest = [one for one in predictors if not one.get("shadow")]
    total, first = sum(one.get("traffic") or 0 for one in rest), predictors[0]["name"] if predictors else ""
    out = [("spec", one["name"], "Multiple shadows are not allowed") for one in shadows[1:]]
    if len(rest) > 1 and total != 100:
        out.append(("spec", first, "Traffic must sum to 100 for multiple predictors"))
    if len(predictors) == 1 and rest and 0 < total < 100:
        out.append(("spec", first, "Traffic must sum be 100 for a single predictor when set"))
    return out


def faults(document: Document) -> list[Fault]:
    """What the webhook finds wrong, in its order."""
    spec, out = document["spec"], []
    predictors = spec.get("predictors") or []
    words = {
        "protocol": {"", "seldon", "tensorflow", "kfserving", "v2"},
        "transport": {"", "rest", "grpc"},
        "serverType": {"", "rpc", "kafka"},
    }
    out += [("spec", spec[word], f"Invalid {word}") for word, allowed in words.items() if (spec.get(word) or "") not in allowed]
    if not predictors:
        out.append(("spec", "", "Graph contains no predictors"))
    seen: set[str] = set()
    for index, predictor in enumerate(predictors):
        name, field = predictor["name"], f"spec.predictors[{index}]"
        if predictor.get("shadow") and len(predictors) == 1:
            out.append((field, name, "Shadow can not exist as only predictor"))
        if name in seen:
            out.append((field, name, "Duplicate predictor name"))
        env = {one["name"] for one in (predictor.get("svcOrchSpec") or {}).get("env") or []}
        if spec.get("serverType") == "kafka" and not env >= KAFKA:
            out.append(
                (field, name, "For kafka please supply svcOrchSpec envs KAFKA_BROKER, KAFKA_INPUT_TOPIC, KAFKA_OUTPUT_TOPIC")
            )
        seen.add(name)
        out += in_graph(spec, predictor, f"{field}.graph")
    return out + traffic(predictors)


def unknown(value: object, schema: Document, path: str = "") -> list[str]:
    """The fields that a structural schema does not know: what strict validation refuses."""
    if isinstance(value, list):
        return [one for index, part in enumerate(value) for one in unknown(part, schema.get("items") or {}, f"{path}[{index}]")]
    known = schema.get("properties")
    if not isinstance(value, dict) or schema.get("x-kubernetes-preserve-unknown-fields") or known is None:
        return []
    return [
        one
        for key, part in value.items()
        for one in (unknown(part, known[key], f"{path}.{key}") if key in known else [f"{path}.{key}"])
    ]


def answer(review: Document) -> Document:
    """The webhook's answer to an AdmissionReview."""
    found, uid = faults(review["request"]["object"]), review["request"]["uid"]
    out: Document = {"uid": uid, "allowed": not found}
    if found:
        causes = [
            {"reason": "FieldValueInvalid", "field": field, "message": f'Invalid value: "{value}": {text}'}
            for field, value, text in found
        ]
        whole = joined([f"{cause['field']}: {cause['message']}" for cause in causes])
        details = {"group": "machinelearning.seldon.io", "kind": "SeldonDeployment", "causes": causes}
        said = f'SeldonDeployment.machinelearning.seldon.io "" is invalid: {whole}'
        out["status"] = {"status": "Failure", "reason": "Invalid", "code": 422, "message": said, "details": details}
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": out}


def joined(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def refusal(document: Document, schema: Document | None = None) -> str | None:
    """What a person reads when the document is refused, as kubectl prints it; None when it is accepted.

    With the definition's ``schema`` unknown fields are refused too, as under strict validation.
    """
    if schema and (strange := unknown(document, schema)):
        said = ", ".join(f'unknown field "{field[1:]}"' for field in strange)
        head = 'Error from server (BadRequest): error when creating "STDIN": SeldonDeployment in version "v1" cannot be handled'
        return f"{head} as a SeldonDeployment: strict decoding error: {said}"
    found = [f'{field}: Invalid value: "{value}": {text}' for field, value, text in faults(document)]
    return f'The SeldonDeployment "" is invalid: {joined(found)}' if found else None
