"""The German of how caseworkers are told of callbacks, and of what can be wrong with it.

The English text is the key, as in :mod:`ivr.cli.german`, which joins the parts.
"""

from __future__ import annotations

DELIVERIES = {
    "Created": "Entstanden",
    "Delivered": "Zugestellt",
    "Message": "Nachricht",
    "Only those of which a message has not arrived, by any way.": (
        "Nur solche, von denen eine Nachricht auf irgendeinem Weg nicht angekommen ist."
    ),
    "Refused": "Abgelehnt",
    "Way": "Weg",
    "e-mail": "E-Mail",
    "still waiting": "wartet noch",
    "an address such as rueckruf@landkreis.example": (
        "eine Adresse wie rueckruf@landkreis.example"
    ),
    "has to be https: others could read what is sent": (
        "muss https sein: andere könnten mitlesen, was gesendet wird"
    ),
    "has to be https://HOST/PATH": "muss https://RECHNER/PFAD sein",
    "has to be smtp://HOST:PORT or smtps://HOST:PORT": (
        "muss smtp://RECHNER:PORT oder smtps://RECHNER:PORT sein"
    ),
    "https://program.example/callbacks, or nothing": (
        "https://programm.example/callbacks oder nichts"
    ),
    "is not set up on this machine": "ist auf diesem Rechner nicht eingerichtet",
    "IVR_SMTP_URL in the environment": "IVR_SMTP_URL in der Umgebung",
    "IVR_SMTP_URL needs IVR_MAIL_FROM, the sender's address": (
        "IVR_SMTP_URL braucht IVR_MAIL_FROM, die Adresse des Absenders"
    ),
    "IVR_WEBHOOK_URL in the environment": "IVR_WEBHOOK_URL in der Umgebung",
    "must not hold a password: use secrets.toml or IVR_SMTP_PASSWORD": (
        "darf kein Passwort enthalten: dafür gibt es secrets.toml und IVR_SMTP_PASSWORD"
    ),
    "smtp://mail.example:587 or smtps://mail.example:465, or nothing": (
        "smtp://mail.example:587 oder smtps://mail.example:465 oder nichts"
    ),
}
