"""E-mail to caseworkers: one for each change they have to know of, with a calendar file.

Implements :class:`ivr.application.ports.couriers.Courier`. It keeps nothing and decides nothing:
who is told is in :mod:`ivr.application.deliveries`, what waits is in the store.
"""

from ivr.adapters.mail.courier import MailCourier
from ivr.adapters.mail.letter import Content
from ivr.adapters.mail.server import MailServer, mail_server

__all__ = ["Content", "MailCourier", "MailServer", "mail_server"]
