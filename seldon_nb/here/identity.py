"""The rehearsal's people: four names, one signing key, tokens of minutes for one endpoint each.

They stand for what an identity provider does elsewhere.  A token is only ever refused by the gateway; what is said here explains it.
"""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seldon_nb.domain.canonical import digest_of, short
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import fail
from seldon_nb.domain.names import nearest
from seldon_nb.domain.principal import Principal, Role, SecretToken
from seldon_nb.words import tr

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from seldon_nb.here.home import Home
    from seldon_nb.ports import Clock

IDENTITIES = (
    Principal("you", Role.OWNER),
    Principal("colleague", Role.COLLEAGUE),
    Principal("auditor", Role.AUDITOR),
    Principal("stranger", Role.STRANGER),
)
MAX_MINUTES = 60


def identity(name: str) -> Principal:
    """One of the rehearsal's people by name.

    Raises:
        SNB-407: if there is nobody of that name.
    """
    for person in IDENTITIES:
        if person.name == name.strip().casefold():
            return person
    known = [person.name for person in IDENTITIES]
    raise fail("SNB-407", name=name, nearest=", ".join(nearest(name, known, most=1)) or known[0], known=", ".join(known))


def issuer(home: Home) -> str:
    """Who signs the tokens of this place; another home's tokens are another issuer's."""
    return f"seldon-nb:here:{home.id}"


def audience(target: Target) -> str:
    """The one audience that an endpoint accepts."""
    return f"seldon-nb:{target.place}:{target.namespace}/{target.name}"


class SigningKey:
    """The place's key pair (ES256), made once; the private part never leaves ``keys/``."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._key: EllipticCurvePrivateKey | None = None
        self._kid = ""

    @property
    def jwks_path(self) -> Path:
        """The public key set, as the gateway reads it."""
        return self._home.keys / "jwks.json"

    def public(self) -> dict[str, Any]:
        """The public key set as plain JSON."""
        from jwt.algorithms import ECAlgorithm

        parts: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(self._load().public_key()))
        point = {name: parts[name] for name in ("kty", "crv", "x", "y")}
        return {"keys": [{**point, "alg": "ES256", "use": "sig", "kid": short(digest_of(point))}]}

    def sign(self, claims: dict[str, Any]) -> str:
        """A compact token over the claims."""
        import jwt

        key = self._load()
        if not self._kid:
            self._kid = str(self.public()["keys"][0]["kid"])
        return jwt.encode(claims, key, algorithm="ES256", headers={"kid": self._kid})

    def _load(self) -> EllipticCurvePrivateKey:
        if self._key is None:
            from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
            from cryptography.hazmat.primitives.serialization import load_pem_private_key

            path = self._home.keys / "signing.pem"
            if not path.exists():
                _make_once(path)
            key = load_pem_private_key(path.read_bytes(), password=None)
            if not isinstance(key, EllipticCurvePrivateKey):
                raise fail("SNB-514", path=str(path), reason=tr("the signing key cannot be read"))
            self._key = key
        return self._key


def _make_once(path: Path) -> None:
    """Write a new private key unless somebody was faster; two processes end with the same key."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".signing.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(temporary)  # fails, rather than replaces, if it is there
        except FileExistsError:
            return
    finally:
        temporary.unlink(missing_ok=True)


class LocalAccess:
    """Who is who and who may, on one machine.

    Args:
        key: signs the tokens.
        actor: whom this process acts as.
        callers: the names that may call a deployment; empty if it is not there.
        clock: for the tokens' times.
    """

    def __init__(self, home: Home, actor: Principal, callers: Callable[[Target], tuple[str, ...]], clock: Clock) -> None:
        self._key = SigningKey(home)
        self._issuer = issuer(home)
        self._actor = actor
        self._callers = callers
        self._clock = clock

    def whoami(self) -> Principal:
        """The principal that this process acts as."""
        return self._actor

    def as_(self, name: str) -> LocalAccess:
        """The same place seen by somebody else. Raises: SNB-407."""
        other = object.__new__(LocalAccess)
        other.__dict__.update(self.__dict__)
        other._actor = identity(name)
        return other

    def may(self, verb: str, target: Target) -> bool:
        """Whether that principal may ``plan``, ``apply``, ``delete``, ``predict``, ``see`` or ``audit`` this deployment."""
        role = self._actor.role
        if role is Role.OWNER:
            return True
        if role is Role.COLLEAGUE:
            return verb in {"see", "predict"} and self._actor.name in self._callers(target)
        return role is Role.AUDITOR and verb in {"see", "audit"}

    def token(self, target: Target, *, minutes: int = 10) -> SecretToken:
        """A token for one endpoint, 1 to 60 minutes. Raises: SNB-401 if the principal may not call it, SNB-405 for other lengths."""
        if not 1 <= minutes <= MAX_MINUTES:
            raise fail("SNB-405", minutes=minutes, most=MAX_MINUTES, ref=target.name)
        if not self.may("predict", target):
            raise fail("SNB-401", who=self._actor.name, verb="predict", target=str(target))
        return self._mint(self._actor, target, minutes * 60)

    def probe_identities(self, target: Target) -> tuple[Principal, Principal]:
        """(somebody who must be answered, somebody who must be refused) for the live check.

        Somebody who calls nothing and nobody else knows is refused if everybody of the rehearsal may call.
        """
        callers = self._callers(target)
        people = {person.name: person for person in IDENTITIES}
        answered = people.get(callers[0], Principal(callers[0])) if callers else self._actor
        order = ("stranger", "auditor", "colleague", "you")
        refused = next((people[name] for name in order if name not in callers), Principal("nobody"))
        return answered, refused

    def token_for_probe(self, principal: Principal, target: Target) -> SecretToken:
        """A one-minute token for the live check; speaks for ``principal``, so that the gateway itself answers or refuses."""
        return self._mint(principal, target, 60)

    def _mint(self, principal: Principal, target: Target, seconds: int) -> SecretToken:
        now = int(self._clock.now())
        claims = {
            "iss": self._issuer,
            "aud": audience(target),
            "sub": principal.name,
            "iat": now,
            "exp": now + seconds,
            "jti": uuid.uuid4().hex,
        }
        return SecretToken(self._key.sign(claims), audience(target), principal.name, now + seconds)
