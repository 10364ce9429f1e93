"""41x and 71x: what the side panel asked of its Jupyter server, and why the server would not answer."""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep

_JUPYTER_TEAM = N_("Whoever looks after this Jupyter server.")

CODES: tuple[Code, ...] = (
    Code(
        id="SNB-410",
        kind=Kind.NOT_ALLOWED,
        what=N_("You are not signed in to this Jupyter server, so nothing was shown and nothing was done."),
        next=(NextStep(say=N_("Reload the page and sign in again.")),),
        who=_JUPYTER_TEAM,
        explain=N_(
            "The panel uses your session with the Jupyter server and has no rights of its own. "
            "A session ends when the server is restarted, when you sign out in another tab, or after some time."
        ),
        example={},
    ),
    Code(
        id="SNB-411",
        kind=Kind.NOT_ALLOWED,
        what=N_("This Jupyter server does not let you do this, so nothing was done."),
        saw=N_("Its rules refuse `{action}` on `{resource}`."),
        next=(NextStep(say=N_("Ask for this right, and name the action and the resource above.")),),
        who=_JUPYTER_TEAM,
        explain=N_(
            "A Jupyter server can have rules of its own about who may read and change what. They come before the rights that you have in a place."
        ),
        example={"action": "write", "resource": "seldon_nb:deployments"},
    ),
    Code(
        id="SNB-412",
        kind=Kind.NOT_ALLOWED,
        what=N_("This request came from another site, so nothing was shown and nothing was done."),
        saw=N_("It came from `{origin}`."),
        next=(NextStep(say=N_("If you did not open that site, close it. Your deployments are as they were.")),),
        who=_JUPYTER_TEAM,
        explain=N_(
            "A page that you happen to have open must not be able to use your session here. Only pages of this Jupyter server are answered; "
            "where a proxy changes the server's name, its administrator names the address in `c.SeldonNbApp.trusted_origins`."
        ),
        example={"origin": "https://elsewhere.example"},
    ),
    Code(
        id="SNB-413",
        kind=Kind.NOT_ALLOWED,
        what=N_("This request could not be told from a forged one, so nothing was shown and nothing was done."),
        saw=N_("It came without `{header}`, or with one that does not fit."),
        next=(NextStep(say=N_("Reload the page, then try again.")),),
        who=_JUPYTER_TEAM,
        explain=N_(
            "Each request of the panel carries a header that a foreign page cannot set, and each change carries a secret of your session. "
            "Scripts send `X-Seldon-NB: 1` and a token of the Jupyter server."
        ),
        example={"header": "X-XSRFToken"},
    ),
    Code(
        id="SNB-414",
        kind=Kind.NOT_ALLOWED,
        what=N_("This Jupyter server is open to other sites, so it shows nothing of a protected workspace."),
        saw=N_("It runs with `{setting}`."),
        next=(
            NextStep(say=N_("Have the setting removed, then start the server again.")),
            NextStep(say=N_("The magics and the shell work meanwhile:"), verb="list"),
        ),
        who=_JUPYTER_TEAM,
        explain=N_(
            "With this setting any page in the same browser could read and change deployments in your name. "
            "An administrator who has closed that door elsewhere can say so with `c.SeldonNbApp.allow_open_server = True`."
        ),
        example={"setting": "ServerApp.allow_origin = '*'"},
    ),
    Code(
        id="SNB-415",
        kind=Kind.NOT_ALLOWED,
        what=N_("On this Jupyter server the panel shows things but may not change them, so nothing was done."),
        saw=N_("It runs with `SeldonNbApp.allow_actions = False`."),
        next=(NextStep(say=N_("See what is deployed:"), verb="list"),),
        who=_JUPYTER_TEAM,
        explain=N_(
            "An administrator can allow the panel to show things and nothing more. What you may do with magics and in a shell is not changed by this."
        ),
        example={},
    ),
    Code(
        id="SNB-710",
        kind=Kind.USER_INPUT,
        what=N_("There is nothing at this address."),
        saw=N_("This server has version {version} of seldon_nb."),
        next=(NextStep(say=N_("Reload the page, so that panel and server are of one version.")),),
        who=_JUPYTER_TEAM,
        explain=N_(
            "Panel and server come in one package. After an update, a page that was open before asks in the words of the former version."
        ),
        example={"version": "0.1.0"},
    ),
    Code(
        id="SNB-711",
        kind=Kind.USER_INPUT,
        what=N_("`{field}` could not be read, so nothing was done."),
        saw=N_("{reason}"),
        next=(NextStep(say=N_("Change it, then try again.")),),
        explain=N_("What is typed in the panel is checked before anything is asked or changed."),
        example={"field": "timeout", "reason": "A whole number from 1 to 3600 is expected."},
    ),
    Code(
        id="SNB-712",
        kind=Kind.USER_INPUT,
        what=N_("This is more than the panel sends at once, so nothing was done."),
        saw=N_("This server takes at most {limit_kib} KiB at once."),
        next=(NextStep(say=N_("Send fewer rows, or ask from a notebook, which sends them in parts:"), python="dep.predict(X)"),),
        who=_JUPYTER_TEAM,
        explain=N_("The limit keeps one request from filling the memory of the server that all your notebooks share."),
        example={"limit_kib": 4096},
    ),
    Code(
        id="SNB-713",
        kind=Kind.USER_INPUT,
        what=N_("This request was not JSON, so nothing was done."),
        saw=N_("It said that it was `{media_type}`."),
        next=(NextStep(say=N_("Send it as `application/json`.")),),
        explain=N_("Forms of foreign pages cannot send JSON without asking first; that is why nothing else is read."),
        example={"media_type": "text/plain"},
    ),
    Code(
        id="SNB-714",
        kind=Kind.USER_INPUT,
        what=N_("This plan is not kept here any more, so it cannot be shown or applied."),
        saw=N_("No plan with the digest `{digest}` was found."),
        next=(NextStep(say=N_("Make it anew; nothing was changed meanwhile:"), verb="plan MODEL@1 --to dev"),),
        explain=N_(
            "Plans are kept on the machine where they were made; when there are many, the oldest ones go first. The record of acts keeps every digest."
        ),
        example={"digest": "sha256:4c1d9e0f"},
    ),
)
