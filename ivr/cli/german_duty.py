"""The German of what can be wrong with who phones back, and of what is allowed there.

The English text is the key, as in :mod:`ivr.cli.german`, which joins the parts.
"""

from __future__ import annotations

DUTY = {
    "a colleague": "jemand anderes aus dem Fachbereich",
    'a name with a dot in quotes, such as {{ "heike.janssen" = 2 }}': (
        'ein Name mit Punkt in Anführungszeichen, etwa {{ "heike.janssen" = 2 }}'
    ),
    "an address such as antje.petersen@landkreis.example": (
        "eine Adresse wie antje.petersen@landkreis.example"
    ),
    "can't stand in for themselves": "kann sich nicht selbst vertreten",
    "is before the first day": "liegt vor dem ersten Tag",
    "is before the request": "liegt vor der Bitte",
    "is missing, as deliveries name mail": "fehlt, denn deliveries nennt mail",
    "is no caseworker of any department": "ist niemand aus einem der Fachbereiche",
    "is no e-mail address": "ist keine E-Mail-Adresse",
    "is no number of this department": "ist keine Rufnummer dieses Fachbereichs",
    "is no topic of this department": "ist kein Anliegen dieses Fachbereichs",
    "less than within_hours": "weniger als within_hours",
    "never holds": "gilt nie",
    "nobody gets callbacks from {since} to {until} and every week then, the last time until "
    "{last}: absent are {absent}": (
        "niemand bekommt Rückrufbitten von {since} bis {until} und danach jede Woche, zuletzt bis "
        "{last}: abwesend sind {absent}"
    ),
    "nobody gets callbacks from {since} to {until} and every week then, the last time until "
    "{last}: neither plan nor on_duty nor head name anybody": (
        "niemand bekommt Rückrufbitten von {since} bis {until} und danach jede Woche, zuletzt bis "
        "{last}: weder der Plan noch on_duty noch head nennen jemanden"
    ),
    "nobody gets callbacks from {since} to {until}: absent are {absent}": (
        "niemand bekommt Rückrufbitten von {since} bis {until}: abwesend sind {absent}"
    ),
    "nobody gets callbacks from {since} to {until}: neither plan nor on_duty nor head name "
    "anybody": (
        "niemand bekommt Rückrufbitten von {since} bis {until}: weder der Plan noch on_duty noch "
        "head nennen jemanden"
    ),
    "one of the department's numbers": "eine der Rufnummern des Fachbereichs",
    "somebody present: an entry in duty.toml, a deputy, on_duty or head": (
        "jemand, der da ist: ein Eintrag in duty.toml, eine Vertretung, on_duty oder head"
    ),
    'such as monday = ["08:00-12:00"]': 'etwa monday = ["08:00-12:00"]',
    "the last day of the absence": "der letzte Tag der Abwesenheit",
    "topics of this department in departments.toml": (
        "Anliegen dieses Fachbereichs in departments.toml"
    ),
    "topics, or no such line for all without an entry": (
        "Anliegen, oder keine solche Zeile für alle ohne eigenen Eintrag"
    ),
}
