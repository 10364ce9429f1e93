"""What a namespace is to a plan."""

from __future__ import annotations

from dataclasses import dataclass

from seldon_nb.domain.classification import Classification
from seldon_nb.domain.principal import Principal


@dataclass(frozen=True, slots=True)
class NamespaceFacts:
    """Facts of one namespace: its ceiling, its members, and what lies in it.

    Attributes:
        ceiling: the highest classification that may live there.
        members: everybody the namespace knows, with their roles.
        deployments: names of the deployments in it.
    """

    name: str
    ceiling: Classification
    members: tuple[Principal, ...] = ()
    deployments: tuple[str, ...] = ()

    def member(self, name: str) -> Principal | None:
        """The member called ``name``, or None."""
        return next((person for person in self.members if person.name == name), None)
