"""The German of what can be wrong with the queue's rules, and of what is allowed there.

The English text is the key, as in :mod:`ivr.cli.german`, which joins the parts.
"""

from __future__ import annotations

RULES = {
    "a text; until then it is heard in the county's language": (
        "ein Text; bis dahin hört man ihn in der Sprache des Landkreises"
    ),
    '["umwelt", "jugend"], or with numbers {{ umwelt = 1, jugend = 2 }}': (
        '["umwelt", "jugend"], oder mit Zahlen {{ umwelt = 1, jugend = 2 }}'
    ),
    "a beginning that stands in numbers": "ein Anfang, der in numbers steht",
    "a key that is not used otherwise": "eine Taste, die sonst nichts bedeutet",
    "a number that somebody else answers": "eine Rufnummer, unter der sich jemand anderes meldet",
    "agents with this language in agents.toml, or widening.language in queue.toml": (
        "Agenten mit dieser Sprache in agents.toml, oder widening.language in queue.toml"
    ),
    "an id that is nobody's short number": "ein Kurzname, der niemandes Kurzwahl ist",
    "another id": "ein anderer Kurzname",
    "another language": "eine andere Sprache",
    "another name": "ein anderer Name",
    "at least attempts * ring_time + pauses: {least}": (
        "mindestens attempts * ring_time und die Pausen: {least}"
    ),
    'at least the area code: "04461*"': 'mindestens die Vorwahl: "04461*"',
    "can't be called: there is no way out to the telephone network": (
        "kann nicht angerufen werden: es gibt keinen Weg hinaus ins Telefonnetz"
    ),
    "has more steps than there can be levels": "hat mehr Schritte, als es Stufen geben kann",
    "is also the short number of {owner}": "ist auch die Kurzwahl von: {owner}",
    "is as long as a whole message": "ist so lang wie eine ganze Nachricht",
    "is missing, and wanted by {place}": "fehlt und wird hier verlangt: {place}",
    "is behind none of the allowed numbers": "gehört zu keiner der erlaubten Rufnummern",
    "is neither a list nor a table": "ist weder eine Liste noch eine Tabelle",
    "is neither a number nor the beginning of numbers": (
        "ist weder eine Rufnummer noch ein Anfang von Rufnummern"
    ),
    "is never called: limits.way_out is {way_out}": (
        "wird nie angerufen: limits.way_out ist {way_out}"
    ),
    "is no beginning of numbers": "ist kein Anfang von Rufnummern",
    "is no name of a text": "ist kein Name eines Textes",
    "is no such key": "ist keine solche Taste",
    "is none of the choices": "steht nicht zur Wahl",
    "is over before the last attempt": "ist vor dem letzten Versuch vorbei",
    "is not later than the step before it": "kommt nicht später als der Schritt davor",
    "is not yes or no": "ist weder ja noch nein",
    "is the language callers hear anyway": "ist die Sprache, die Anrufer ohnehin hören",
    "is what ivr itself calls a pause it makes": ("heißt schon eine Pause, die ivr selbst einlegt"),
    "languages, or no such line for the county's": (
        "Sprachen, oder keine solche Zeile für die des Landkreises"
    ),
    "leads back into the queue: it is the number at {owner}": (
        "führt zurück in die Warteschlange: es ist die Rufnummer, die hier steht: {owner}"
    ),
    "means something else already: {place}": "bedeutet schon etwas anderes: {place}",
    "less than spoken_messages.longest": "weniger als spoken_messages.longest",
    'no such line, or way_out = "number"': 'keine solche Zeile, oder way_out = "number"',
    "nobody answers for this department": "für diesen Fachbereich ist niemand zuständig",
    "is spoken by nobody": "spricht niemand",
    "is spoken by nobody who answers for: {departments}": (
        "spricht niemand, der zuständig ist für: {departments}"
    ),
    "nobody who answers for this department speaks {language}": (
        "niemand, der für diesen Fachbereich zuständig ist, spricht {language}"
    ),
    "one key for each department": "eine Taste für jeden Fachbereich",
    "one key for each language": "eine Taste für jede Sprache",
    "outbound or [registration] in trunk.toml": "outbound oder [registration] in trunk.toml",
    "seconds since entering the queue, in order: [30, 60]": (
        "Sekunden seit dem Eintritt in die Warteschlange, der Reihe nach: [30, 60]"
    ),
    "small letters, digits and -, such as greeting-umwelt in texts.toml": (
        "Kleinbuchstaben, Ziffern und -, etwa greeting-umwelt in texts.toml"
    ),
    "stands for the common number": "steht für die gemeinsame Rufnummer",
    "stands for too many numbers": "steht für zu viele Rufnummern",
    "such an agent in agents.toml": "ein solcher Agent in agents.toml",
    "the number callers are put through to": "die Rufnummer, zu der Anrufer verbunden werden",
    "true or false, without quotes": "true oder false, ohne Anführungszeichen",
    "up to {most} steps": "bis zu {most} Schritte",
    'written like "04461/919-"': 'geschrieben wie "04461/919-"',
    'written like "04461/919-4010", or "04461/919-*" for all that begin so': (
        'geschrieben wie "04461/919-4010", oder "04461/919-*" für alle, die so beginnen'
    ),
}
