"""E-mail to caseworkers, where it is set up."""

from __future__ import annotations

from collections.abc import Callable

from ivr.adapters.mail import Content, MailCourier, MailServer, mail_server
from ivr.domain.county import County
from ivr.provisioning.credentials import Secrets
from ivr.provisioning.settings import Settings


def mail_courier(settings: Settings, secrets: Secrets, county: Callable[[], County]) -> MailCourier:
    """Make what writes and sends letters."""
    return MailCourier(
        _server(settings, secrets),
        settings.mail_from,
        county,
        content=Content(settings.mail_content),
    )


def _server(settings: Settings, secrets: Secrets) -> MailServer:
    server = mail_server(settings.smtp_url, settings.smtp_ca_file)
    if secrets.smtp_user and secrets.smtp_password:
        return server.with_login(secrets.smtp_user, secrets.smtp_password)
    return server
