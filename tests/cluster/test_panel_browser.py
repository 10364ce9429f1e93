"""The panel in a real browser over a real cluster: what one sees there, a model deployed by its workflow, asked, looked into; and somebody who may nothing."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace
from tests.cluster.foreign import chosen
from tests.cluster.stage import stage
from tests.lab.lab_process import running_lab
from tests.lab.panel_page import SERVED, Panel, ask, clear, digest_shown, front, one_page, plan_ready, python, take_sample

NAMESPACE = "snb-panel"
CONTAINER = {"type": "Container", "defaultRequest": {"cpu": "50m", "memory": "64Mi"}, "default": {"memory": "1Gi"}}
#: What the namespace has room for, and what a container without a word is given.
ROOM = {
    "ResourceQuota": {"hard": {"requests.cpu": "4", "requests.memory": "8Gi", "limits.memory": "16Gi", "pods": "20"}},
    "LimitRange": {"limits": [CONTAINER]},
}


@pytest.fixture(scope="module")
def ready(short_tmp, seldon_operator):
    """A namespace of the cluster with some room; KUBECONFIG names the cluster."""
    with stage(short_tmp, NAMESPACE, cluster=chosen()) as made, pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUBECONFIG", str(made.kubeconfig))
        about = {"name": "room", "namespace": NAMESPACE}
        for kind, spec in ROOM.items():
            document = {"apiVersion": "v1", "kind": kind, "metadata": about, "spec": spec}
            made.cluster.kubectl("apply", "-f", "-", given=json.dumps(document))
        try:
            yield made
        finally:
            made.cluster.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.fixture(scope="module")
def workspace(ready, short_tmp):
    """Of ``you``, who logged ``fraud@1`` on the MLflow server that pods reach."""
    from tests.lab.stage import classifier, table

    made = Workspace(Settings(home=short_tmp / "you", tracking_uri=ready.tracking_uri, place="cluster"))
    try:
        frame = table(200)
        made.log(classifier(frame, 2), name="fraud", sample=frame, predict="predict_proba", data="made for the tests")
        yield made
    finally:
        made.close()


def environment(ready, **more):
    """Of a Lab whose user has chosen the cluster, and nothing else."""
    return {"KUBECONFIG": str(ready.kubeconfig), "MLFLOW_TRACKING_URI": ready.tracking_uri, **more}


@pytest.fixture(scope="module")
def lab(built_panel, ready, workspace):
    with running_lab(environment=environment(ready)) as started:
        yield started


@pytest.fixture(scope="module")
def opened(browser, lab):
    with one_page(browser, lab) as screen:
        yield screen


@pytest.fixture
def screen(opened):
    yield clear(opened)
    assert opened.errors == []
    assert opened.page.locator(".jp-Dialog").count() == 0


@pytest.fixture
def answering(workspace):
    """``fraud`` answers in the cluster; deployed now, unless a test before has done it."""
    if not any(found.target.name == "fraud" for found in workspace.deployments()):
        workspace.deploy("fraud@1", to=NAMESPACE)


def side_panel(screen) -> Panel:
    """The panel, looking at the cluster's namespace."""
    screen.command("seldon-nb:show")
    panel = Panel(screen)
    panel.side.get_by_role("combobox", name="Place and namespace").select_option(f"cluster/{NAMESPACE}")
    return panel


def open_part(screen, part):
    """A part of the deployment's tab."""
    tab = front(screen.page)
    tab.get_by_role("tab", name=part, exact=True).click()
    content = tab.get_by_role("tabpanel", name=part, exact=True)
    expect(content).to_contain_text(re.compile(r"\w{4,}"))
    expect(content.get_by_role("alert")).to_have_count(0)
    return content


def test_the_namespaces_of_the_cluster_are_there_with_their_badge_and_so_are_the_models(screen):
    screen.command("seldon-nb:show")
    panel = Panel(screen)
    where = panel.side.get_by_role("combobox", name="Place and namespace")
    expect(where.locator(f"option[value='cluster/{NAMESPACE}']")).to_have_text(f"{NAMESPACE} · UNCLASSIFIED")
    expect(panel.model("fraud", 1)).to_have_accessible_name(re.compile(r"^fraud v1 not deployed"))
    where.select_option(f"cluster/{NAMESPACE}")
    expect(panel.side.get_by_role("status", name="Classification: UNCLASSIFIED / NON CLASSIFIÉ")).to_be_visible()
    expect(panel.side.get_by_text("You have nothing deployed here yet.")).to_be_visible()
    # whoever looks at the cluster is not asked to start this machine's place
    expect(panel.side.get_by_role("button", name=re.compile("^Start"))).to_have_count(0)
    assert screen.axe("#seldon-nb-panel") == []
    screen.shot("cluster/panel")


def test_a_model_goes_to_the_cluster_from_its_row(screen):
    page, panel = screen.page, side_panel(screen)
    panel.menu(panel.model("fraud", 1), "Deploy…")
    card = plan_ready(page)
    expect(card).to_contain_text("Ready, with warnings")
    expect(card).to_contain_text("A workflow carries it out")
    rights = card.get_by_role("table", name=re.compile(f"^What you may do in {NAMESPACE}: 5 of 5"))
    expect(rights.get_by_role("row").filter(has_text="yes")).to_have_count(5)
    expect(card).to_contain_text(f"Room in {NAMESPACE}")
    expect(card).to_contain_text("0 → 0.5 of 4")
    for document in ("SeldonDeployment", "Workflow"):
        expect(card.locator("summary").filter(has_text=re.compile(f"^{document}"))).to_be_visible()
    wish = f"sn.plan('fraud@1', to='cluster/{NAMESPACE}')"
    assert digest_shown(card) == python(screen.lab, f"print(json.dumps({wish}.digest))")
    assert screen.axe(".snb-page") == []
    screen.shot("cluster/plan")

    page.evaluate("() => { window.notReloaded = true; }")
    apply = card.get_by_role("button", name="Apply")
    expect(apply).not_to_have_attribute("aria-disabled", "true")
    apply.click()
    going = front(page).get_by_role("region", name=f"Deploying {NAMESPACE}/fraud")
    expect(going.get_by_role("heading")).to_be_focused()
    steps = going.get_by_role("list", name="Steps of the workflow").get_by_role("listitem")
    expect(steps).to_have_count(5)
    expect(going.get_by_role("list", name="Stages of the deployment").get_by_role("listitem")).to_have_count(6)
    expect(panel.deployment("fraud")).to_have_accessible_name(re.compile("^fraud Starting"))
    expect(steps.first).to_contain_text("done", timeout=SERVED)
    screen.shot("cluster/going")
    running = steps.filter(has_text="running")
    expect(panel.deployment("fraud")).to_have_accessible_name(re.compile("^fraud Answering"), timeout=SERVED)
    assert running.count() <= 1, "the steps of a plan follow each other"
    expect(going.get_by_role("button", name="Test it")).to_be_visible(timeout=SERVED)
    expect(steps.filter(has_text="done")).to_have_count(5)
    expect(panel.model("fraud", 1)).to_have_accessible_name(re.compile(f"live: cluster/{NAMESPACE}/fraud"))
    assert page.evaluate("() => window.notReloaded")
    assert screen.axe(".snb-page") == []
    screen.shot("cluster/applied")


def test_it_answers_in_its_test_tab(screen, answering):
    panel = side_panel(screen)
    panel.deployment("fraud").click()
    front(screen.page).get_by_role("tab", name="Test", exact=True).click()
    view = front(screen.page).locator(".snb-tester")
    expect(view.get_by_role("form", name="Question")).to_be_visible()
    take_sample(view)
    answer = ask(view)
    expect(answer).to_contain_text("fraud@1")
    expect(answer).to_contain_text(re.compile(r"fraud\s*[\d.]+ %"))
    screen.shot("cluster/test")


def test_all_that_is_known_of_it_is_read_from_the_cluster(screen, answering):
    panel = side_panel(screen)
    panel.deployment("fraud").click()
    tab = front(screen.page)
    expect(tab.get_by_role("heading", name="fraud", level=1)).to_be_visible()
    overview = open_part(screen, "Overview")
    expect(overview).to_contain_text("model loaded")
    expect(overview).to_contain_text("/services/fraud-default:9000/proxy")
    screen.shot("cluster/overview")
    documents = open_part(screen, "Documents")
    expect(documents).to_contain_text("kind: SeldonDeployment")
    expect(documents).not_to_contain_text("managedFields")
    screen.shot("cluster/documents")
    expect(open_part(screen, "Access")).to_contain_text("see, ask, plan, apply, delete, read the history")
    expect(open_part(screen, "Revisions")).to_contain_text("fraud@1")
    expect(open_part(screen, "Logs")).to_contain_text("Loaded model")
    screen.shot("cluster/logs")
    expect(open_part(screen, "History")).to_contain_text("You deployed fraud@1")
    for name in ("Workflows", "History"):
        panel.side.get_by_role("button", name=name, exact=True).click()
        expect(panel.list(name).get_by_role("row").first).to_contain_text("fraud")
    screen.shot("cluster/sections")
    assert screen.axe(".snb-page") == []


def test_it_is_deleted_and_its_row_goes_by_itself(screen, answering):
    panel = side_panel(screen)
    panel.menu(panel.deployment("fraud"), "Delete…")
    screen.page.get_by_role("dialog").get_by_role("button", name="Delete fraud").click()
    expect(panel.deployment("fraud")).to_have_count(0)
    expect(panel.model("fraud", 1)).to_have_accessible_name(re.compile("not deployed"))


def test_whoever_may_nothing_there_is_told_so_in_place(browser, built_panel, ready, workspace):
    with running_lab(environment=environment(ready, SELDON_NB_CONTEXT="stranger")) as lab, one_page(browser, lab) as screen:
        page, panel = screen.page, side_panel(screen)
        expect(panel.side.get_by_text("as stranger")).to_be_visible()
        # what may not be looked at counts as the most sensitive
        expect(panel.side.get_by_role("status", name="Classification: UNKNOWN — treated as Protected B")).to_be_visible()
        deployments = panel.side.get_by_role("region", name="Deployments", exact=True)
        expect(deployments).to_contain_text("What is deployed there is not for you to see")
        expect(deployments).to_contain_text("stranger asked to list seldondeployments.machinelearning.seldon.io")
        expect(deployments).not_to_contain_text("You have nothing deployed here yet.")
        screen.shot("cluster/stranger")
        panel.menu(panel.model("fraud", 1), "Deploy…")
        problem = front(page).get_by_role("alert")
        expect(problem).to_contain_text(f"Nothing was done in {NAMESPACE}: the cluster does not let you do this.")
        request = problem.get_by_role("button", name="Copy: Request to send")
        problem.locator("summary").filter(has_text="Request to send").click()
        expect(problem.get_by_role("region", name="Request to send")).to_contain_text("workflows")  # all that a plan needs
        expect(request).to_be_visible()
        expect(front(page).get_by_role("button", name="Apply")).to_have_count(0)
        expect(page.locator(".jp-Dialog")).to_have_count(0)
        screen.shot("cluster/stranger-plan")
        assert screen.axe(".snb-page") == [] and screen.axe("#seldon-nb-panel") == []
        assert [said for said in screen.errors if "403" not in said] == []


def test_whoever_may_only_look_reads_the_plan_and_why_it_cannot_be_applied(browser, built_panel, ready, workspace):
    with running_lab(environment=environment(ready, SELDON_NB_CONTEXT="auditor")) as lab, one_page(browser, lab) as screen:
        panel = side_panel(screen)
        panel.menu(panel.model("fraud", 1), "Deploy…")
        card = plan_ready(screen.page)
        rights = card.get_by_role("table", name=re.compile(f"^What you may do in {NAMESPACE}: 2 of 5"))
        lacking = rights.get_by_role("row").filter(has_text="create workflows")
        expect(lacking).to_contain_text("no")
        expect(lacking.get_by_role("button", name=re.compile("^Copy"))).to_be_visible()
        apply = card.get_by_role("button", name="Apply")
        expect(apply).to_have_attribute("aria-disabled", "true")
        expect(apply).to_have_accessible_description(re.compile("create workflows"))
        expect(card.locator(".snb-why")).to_contain_text("create workflows")
        screen.shot("cluster/auditor-plan")
        apply.click(force=True)
        assert [one.url for one in screen.ours() if one.method == "POST" and one.url.partition("?")[0].endswith("/apply")] == []
        expect(screen.page.locator(".jp-Dialog")).to_have_count(0)
