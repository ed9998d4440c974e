"""The names of roles."""

from __future__ import annotations

from kiosk.core.mandate import Role
from kiosk.web.words import gettext as _


def role_words(role: Role) -> str:
    """The name of a role, within a sentence."""
    return {
        Role.STEWARD: _("steward"),
        Role.HOST: _("host"),
        Role.COORDINATOR: _("coordinator"),
        Role.MEDIATOR: _("mediator"),
    }[role]
