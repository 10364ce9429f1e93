"""``plans``: made, shown again by digest, applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tornado import web

from seldon_nb.lab.asked import Asked
from seldon_nb.lab.handler import NAME, Resource

if TYPE_CHECKING:
    from seldon_nb.domain.plan import Plan
    from seldon_nb.lab.plans import Plans
    from seldon_nb.lab.schema import PlanView, RunDetail

#: The part of the wish that an error is about.
FIELDS = {
    **dict.fromkeys(("SNB-130", "SNB-131", "SNB-132", "SNB-133", "SNB-134"), "ref"),
    "SNB-210": "name",
    "SNB-212": "to",
    "SNB-216": "callers",
    "SNB-219": "image",
}


class PlansResource(Resource):
    """POST: what deploying a model version would do; nothing is changed."""

    auth_resource = "seldon_nb:plans"
    actions: ClassVar[dict[str, str]] = {"POST": "execute"}
    changes = frozenset()

    @web.authenticated
    async def post(self) -> None:
        """Make one."""
        await self.answer(made)


class PlanResource(Resource):
    """GET: a plan that was made here, also before the server was restarted."""

    auth_resource = "seldon_nb:plans"

    @web.authenticated
    async def get(self, *path: str) -> None:
        """Show one."""
        await self.answer(shown, *path)


class ApplyResource(Resource):
    """POST: apply a plan; it goes on by itself."""

    auth_resource = "seldon_nb:applies"

    @web.authenticated
    async def post(self, *path: str) -> None:
        """Begin to apply it."""
        await self.answer(applied, *path)


def made(asked: Asked) -> PlanView:
    """A plan, kept by its digest.

    Raises: what :meth:`~seldon_nb.workspace.Workspace.plan` raises.
    """
    from seldon_nb.domain.errors import SeldonNbError
    from seldon_nb.lab.schema import PlanWish

    wish = asked.body(PlanWish)
    options = wish.model_dump(exclude={"ref", "place", "to"})
    try:
        plan = asked.workspace.plan(wish.ref, to=f"{wish.place}/{wish.to}", **options).value
    except SeldonNbError as error:
        if error.code_id in FIELDS:
            error.facts.setdefault("field", FIELDS[error.code_id])
        raise
    plans(asked).keep(plan)
    return _view(asked, plan)


def shown(asked: Asked) -> PlanView:
    """A plan by its digest. Raises: SNB-714, SNB-221."""
    return _view(asked, plans(asked).get(asked.path[0]))


def applied(asked: Asked) -> RunDetail:
    """Hand a plan over; a second time is the same run.

    Raises:
        SNB-714: the plan is not kept here.  SNB-220, SNB-222, SNB-401, SNB-512, and what a cluster's door refuses.
    """
    from seldon_nb.handles import Plan
    from seldon_nb.lab.schema import ApplyWish
    from seldon_nb.lab.views.runs import run_detail

    asked.body(ApplyWish)
    plan = plans(asked).get(asked.path[0])
    return run_detail(asked.workspace, asked.workspace.start(Plan(asked.workspace, plan)))


def plans(asked: Asked) -> Plans:
    """The plans of this server."""
    from seldon_nb.lab.plans import Plans

    return asked.work.part("plans", lambda: Plans(asked.workspace.home.root / "plans"))


def _view(asked: Asked, plan: Plan) -> PlanView:
    from seldon_nb.lab.views.plans import plan_view

    return plan_view(plan, asked.workspace.at(plan.spec.place).access, may_act=asked.app.allow_actions)


ROUTES = ((r"plans", PlansResource), (rf"plans/{NAME}", PlanResource), (rf"plans/{NAME}/apply", ApplyResource))
