"""The rehearsal's people: what each may, and what their tokens say."""

from __future__ import annotations

import jwt
import pytest

from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.here.home import Home
from seldon_nb.here.identity import IDENTITIES, LocalAccess, SigningKey, audience, identity, issuer

SHARED, OWN = Target("dev", "fraud"), Target("dev", "churn")
CALLERS = {SHARED: ("you", "colleague"), OWN: ("you",)}


class StoppedClock:
    def now(self):
        return 1_800_000_000.0

    monotonic = now

    def sleep(self, seconds):
        raise AssertionError("nothing here waits")


@pytest.fixture
def access(tmp_path):
    home = Home(tmp_path).prepare()
    return lambda who, callers=CALLERS: LocalAccess(home, identity(who), lambda target: callers.get(target, ()), StoppedClock())


@pytest.mark.parametrize(
    ("who", "target", "allowed"),
    [
        ("you", SHARED, {"plan", "apply", "delete", "predict", "see", "audit"}),
        ("you", OWN, {"plan", "apply", "delete", "predict", "see", "audit"}),
        ("colleague", SHARED, {"predict", "see"}),
        ("colleague", OWN, set()),
        ("auditor", SHARED, {"see", "audit"}),
        ("auditor", OWN, {"see", "audit"}),
        ("stranger", SHARED, set()),
        ("stranger", OWN, set()),
    ],
)
def test_each_may_what_their_role_says_and_nothing_else(access, who, target, allowed):
    verbs = ("plan", "apply", "delete", "predict", "see", "audit", "anything-else")
    mine = access(who)
    assert mine.whoami().name == who
    assert {verb for verb in verbs[:-1] if mine.may(verb, target)} == allowed
    if who != "you":
        assert not mine.may("anything-else", target)


def test_an_auditor_who_is_named_as_a_caller_still_never_asks(access):
    mine = access("auditor", {SHARED: ("auditor",)})
    assert not mine.may("predict", SHARED)
    with pytest.raises(SeldonNbError) as caught:
        mine.token(SHARED)
    assert caught.value.code_id == "SNB-401"


def test_a_token_is_for_one_endpoint_one_person_and_minutes(access, tmp_path):
    token = access("colleague").token(SHARED, minutes=7)
    key = jwt.PyJWK(SigningKey(Home(tmp_path)).public()["keys"][0])
    claims = jwt.decode(
        token.reveal(), key, algorithms=["ES256"], audience=audience(SHARED), options={"verify_exp": False, "verify_iat": False}
    )
    assert (claims["sub"], claims["iss"]) == ("colleague", issuer(Home(tmp_path)))
    assert claims["exp"] - claims["iat"] == 7 * 60
    assert token.expires_at == claims["exp"]
    assert audience(SHARED) == "seldon-nb:here:dev/fraud"
    assert jwt.get_unverified_header(token.reveal())["kid"] == key.key_id
    assert token.reveal() not in repr(token)


def test_no_two_tokens_are_the_same(access):
    mine = access("you")
    assert mine.token(SHARED).reveal() != mine.token(SHARED).reveal()


@pytest.mark.parametrize("minutes", [0, -1, 61, 600])
def test_a_token_lives_for_one_to_sixty_minutes(access, minutes):
    with pytest.raises(SeldonNbError) as caught:
        access("you").token(SHARED, minutes=minutes)
    assert caught.value.code_id == "SNB-405"
    assert "1 to 60 minutes" in str(caught.value)
    assert caught.value.http_status == 400


@pytest.mark.parametrize(("who", "target"), [("stranger", SHARED), ("auditor", SHARED), ("colleague", OWN)])
def test_nobody_gets_a_token_for_what_they_may_not_ask(access, who, target):
    with pytest.raises(SeldonNbError) as caught:
        access(who).token(target)
    assert caught.value.code_id == "SNB-401"
    assert who in str(caught.value)
    assert str(target) in str(caught.value)
    assert set(caught.value.facts) == {"who", "verb", "target"}  # who else may is not a stranger's business


@pytest.mark.parametrize(
    ("callers", "answered", "refused"),
    [
        (("you",), "you", "stranger"),
        (("colleague", "you"), "colleague", "stranger"),
        (("stranger",), "stranger", "auditor"),
        (("stranger", "auditor", "colleague"), "stranger", "you"),
        (("you", "colleague", "auditor", "stranger"), "you", "nobody"),
        (("team-x",), "team-x", "stranger"),
    ],
)
def test_the_live_check_asks_as_a_caller_and_as_somebody_else(access, callers, answered, refused):
    yes, no = access("you", {SHARED: callers}).probe_identities(SHARED)
    assert (yes.name, no.name) == (answered, refused)
    assert no.name not in callers


def test_the_probe_of_a_stranger_carries_a_real_token_of_one_minute(access):
    token = access("you").token_for_probe(identity("stranger"), SHARED)
    claims = jwt.decode(token.reveal(), options={"verify_signature": False})
    assert claims["sub"] == "stranger"
    assert claims["exp"] - claims["iat"] == 60


def test_one_looks_through_anothers_eyes_and_stays_oneself(access):
    mine = access("you")
    theirs = mine.as_("stranger")
    assert (theirs.whoami().name, mine.whoami().name) == ("stranger", "you")
    assert not theirs.may("see", SHARED)
    assert mine.may("see", SHARED)


def test_a_misspelt_identity_is_answered_with_the_nearest(access):
    with pytest.raises(SeldonNbError) as caught:
        access("you").as_("collegue")
    assert caught.value.code_id == "SNB-407"
    assert caught.value.facts["nearest"] == "colleague"
    assert caught.value.facts["known"] == ", ".join(person.name for person in IDENTITIES)
    assert identity(" Auditor ").name == "auditor"
