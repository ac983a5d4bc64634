"""The German of everything people read on the command line; the English text is the key.

A text with ``{names}`` keeps them. Sorted by key within each part, so that it stays findable.
"""

from __future__ import annotations

from ivr.cli.german_audit import AUDIT
from ivr.cli.german_backup import BACKUP
from ivr.cli.german_callbacks import CALLBACKS
from ivr.cli.german_calling import CALLING
from ivr.cli.german_deliveries import DELIVERIES
from ivr.cli.german_duty import DUTY
from ivr.cli.german_fallback import FALLBACK
from ivr.cli.german_inbox import INBOX
from ivr.cli.german_plan import PLAN
from ivr.cli.german_privacy import PRIVACY
from ivr.cli.german_replay import REPLAY
from ivr.cli.german_report import REPORT
from ivr.cli.german_rules import RULES
from ivr.cli.german_service import SERVICE
from ivr.cli.german_simulate import SIMULATE

COMMANDS = {
    "Begin with `ivr check`. `ivr COMMAND --help` explains a command with examples.": (
        "Beginnen Sie mit `ivr check`. `ivr BEFEHL --help` erklärt einen Befehl mit Beispielen."
    ),
    "Build the sounds of texts and recordings that changed. Calls may go on meanwhile, and "
    "the next one hears them.": (
        "Die Ansagen neu erzeugen, deren Text oder Aufnahme sich geändert hat. Anrufe können "
        "dabei weiterlaufen, und der nächste hört sie."
    ),
    "Error: {message}": "Fehler: {message}",
    "Examples: `ivr check` · `IVR_CONFIG=/etc/ivr ivr check --json`": (
        "Beispiele: `ivr check` · `IVR_CONFIG=/etc/ivr ivr check --json`"
    ),
    "Examples: `ivr dialplan render` · `ivr dialplan render --diff` (status 1 where something "
    "would change) · `ivr dialplan render --to ./asterisk`": (
        "Beispiele: `ivr dialplan render` · `ivr dialplan render --diff` (Status 1, wo sich etwas "
        "ändern würde) · `ivr dialplan render --to ./asterisk`"
    ),
    "Examples: `ivr prompts build` · `ivr prompts build --language de`": (
        "Beispiele: `ivr prompts build` · `ivr prompts build --language de`"
    ),
    "Examples: `ivr prompts list --language de` · `ivr prompts list --json`": (
        "Beispiele: `ivr prompts list --language de` · `ivr prompts list --json`"
    ),
    "Language": "Sprache",
    "Make Asterisk's configuration from the county's files.": (
        "Aus den Dateien des Landkreises die Konfiguration für Asterisk erzeugen."
    ),
    "Name": "Name",
    "Nothing has changed.": "Es hat sich nichts geändert.",
    "Nothing would change.": "Es würde sich nichts ändern.",
    "One queue for all of a county's telephone numbers, and callbacks that are not lost.": (
        "Eine Warteschlange für alle Rufnummern eines Landkreises, und Rückrufe, die nicht "
        "verloren gehen."
    ),
    "Only this language (may be repeated).": "Nur diese Sprache (auch mehrmals).",
    "Print JSON.": "JSON ausgeben.",
    "Print the changed files as JSON.": "Die geänderten Dateien als JSON ausgeben.",
    "Print the problems as JSON.": "Die Fehler als JSON ausgeben.",
    "Print the version and end.": "Die Version ausgeben.",
    "Seconds": "Sekunden",
    "Show every prompt: its text, where it comes from, whether it is built.": (
        "Jede Ansage zeigen: den Text, woher sie kommt, ob sie erzeugt ist."
    ),
    "Show what would change, write nothing.": "Zeigen, was sich ändern würde; nichts schreiben.",
    "Source": "Quelle",
    "State": "Zustand",
    "Tell everything that is wrong with the configuration.": (
        "Alles nennen, was an der Konfiguration falsch ist."
    ),
    "Tell everything that is wrong with the configuration, at once: county, departments, "
    "hours, agents, queue, trunk, passwords, prompts; and every hour of the year ahead in which "
    "nobody would get a department's callbacks. Nothing is changed.": (
        "Alles auf einmal nennen, was an der Konfiguration falsch ist: Landkreis, Fachbereiche, "
        "Öffnungszeiten, Agenten, Warteschlange, Anschluss, Passwörter, Ansagen; und jede Stunde "
        "des kommenden Jahres, in der niemand die Rückrufbitten eines Fachbereichs bekäme. Es wird "
        "nichts geändert."
    ),
    "Text": "Text",
    "The prompts: texts spoken by a computer, or recordings.": (
        "Die Ansagen: vom Computer gesprochene Texte oder Aufnahmen."
    ),
    "The prompts callers and agents hear: texts spoken by a computer, or recordings.": (
        "Die Ansagen: vom Computer gesprochene Texte oder Aufnahmen."
    ),
    "There are {count} problems.": "Es gibt {count} Fehler.",
    "There is 1 problem.": "Es gibt 1 Fehler.",
    "Write Asterisk's configuration into the state folder, or show what would change. "
    "Only files that are different are written; your own lines in dialplan/custom stay. "
    "A running Asterisk goes on with what it has read.": (
        "Die Konfiguration für Asterisk in den Zustandsordner schreiben, oder zeigen, was sich "
        "ändern würde. Nur geänderte Dateien werden geschrieben; Ihre eigenen Zeilen in "
        "dialplan/custom bleiben. Ein laufendes Asterisk behält, was es gelesen hat."
    ),
    "Write into this folder instead, which then holds nothing else.": (
        "In diesen Ordner schreiben, der dann nichts anderes enthält."
    ),
    "allowed: {what}": "erlaubt: {what}",
    "broken": "beschädigt",
    "change": "Änderung",
    "file": "Datei",
    "missing": "fehlt",
    "ok": "in Ordnung",
    "outdated": "veraltet",
    "recording": "Aufnahme",
    "silence": "Stille",
    "synthetic": "Computerstimme",
    "{county}: {departments} departments, {numbers} numbers, {agents} agents. "
    "Everything is in order.": (
        "{county}: {departments} Fachbereiche, {numbers} Rufnummern, {agents} Agenten. "
        "Alles in Ordnung."
    ),
    "{file}: differs (it holds passwords and is not shown)": (
        "{file}: ist anders (enthält Passwörter und wird nicht gezeigt)"
    ),
    "{language}: {built} built, {unchanged} unchanged, {removed} removed": (
        "{language}: {built} erzeugt, {unchanged} unverändert, {removed} entfernt"
    ),
    "{language}: {lacking} texts are missing and are heard in the county's language": (
        "{language}: {lacking} Texte fehlen und sind in der Sprache des Landkreises zu hören"
    ),
    "{language}: {done} of {total}": "{language}: {done} von {total}",
}

WRONG = {
    "another program has taken over the calls of this application": (
        "ein anderes Programm hat die Anrufe dieser Anwendung übernommen"
    ),
    "begins before the span in front of it has ended": (
        "beginnt, bevor die Zeitspanne davor geendet hat"
    ),
    "can't be read": "kann nicht gelesen werden",
    "can't be read or written: {reason}": ("kann nicht gelesen oder geschrieben werden: {reason}"),
    "can't be read: {reason}": "kann nicht gelesen werden: {reason}",
    "can't be spoken": "kann nicht gesprochen werden",
    "can't be spoken: {reason}": "kann nicht gesprochen werden: {reason}",
    "can't be told from codes.{other}, {taken}": (
        "ist nicht von codes.{other}, {taken}, zu unterscheiden"
    ),
    "can't be told from the number at {owner}": (
        "ist nicht von der Rufnummer zu unterscheiden, die hier steht: {owner}"
    ),
    "can't be used: {reason}": "kann nicht benutzt werden: {reason}",
    "does not exist": "gibt es nicht",
    "does not open before it closes": "öffnet nicht, bevor geschlossen wird",
    "environment": "Umgebung",
    "espeak-ng can't speak with it: {reason}": "espeak-ng kann damit nicht sprechen: {reason}",
    "has to be ADDRESS:PORT": "muss ADRESSE:PORT sein",
    "has to be FIRST-LAST": "muss ERSTER-LETZTER sein",
    "has to be NAME,NAME,… without ports": "muss NAME,NAME,… ohne Ports sein",
    "has to be a range of at least four ports below 65536": (
        "muss ein Bereich von mindestens vier Ports unter 65536 sein"
    ),
    "has to be http://HOST:PORT or https://HOST:PORT": (
        "muss http://HOST:PORT oder https://HOST:PORT sein"
    ),
    "has to be mqtt://HOST:PORT or mqtts://HOST:PORT": (
        "muss mqtt://HOST:PORT oder mqtts://HOST:PORT sein"
    ),
    "is too long: Asterisk's control socket in it would not work": (
        "ist zu lang: die Steuerverbindung zu Asterisk darin ginge nicht"
    ),
    "may only hold letters, digits and . _ / + @ -": (
        "darf nur Buchstaben, Ziffern und . _ / + @ - enthalten"
    ),
    "must not hold a password: use secrets.toml or IVR_MQTT_PASSWORD": (
        "darf kein Passwort enthalten: dafür sind secrets.toml oder IVR_MQTT_PASSWORD da"
    ),
    "IVR_HTTP_BIND and IVR_ASTERISK_HTTP_BIND are the same address": (
        "IVR_HTTP_BIND und IVR_ASTERISK_HTTP_BIND sind dieselbe Adresse"
    ),
    "has the wrong type": "hat den falschen Typ",
    "holds characters that can't be shown": "enthält Zeichen, die sich nicht anzeigen lassen",
    "holds no templates": "enthält keine Vorlagen",
    "is a name the telephone system needs itself": "ist ein Name, den die Telefonanlage braucht",
    "is a premium or special number": "ist eine Mehrwert- oder Sonderrufnummer",
    "is missing": "fehlt",
    "is missing or no table": "fehlt oder ist keine Tabelle",
    "is missing: at {address} others can reach the program": (
        "fehlt: unter {address} können andere das Programm erreichen"
    ),
    "is missing, and trunk.toml wants to register": (
        "fehlt, und trunk.toml verlangt eine Anmeldung"
    ),
    "is never played": "wird nie gespielt",
    "is no IP address and no network": "ist weder eine IP-Adresse noch ein Netz",
    "is no SIP user name": "ist kein SIP-Benutzername",
    "is no area code": "ist keine Vorwahl",
    "is no caseworker of this department": "ist niemand aus diesem Fachbereich",
    "is no codec": "ist kein Codec",
    "is no country": "ist kein Land",
    "is no country whose holidays are known": "ist kein Land, dessen Feiertage bekannt sind",
    "is no department": "ist kein Fachbereich",
    "is no feature code": "ist keine Kennzahl",
    "is no folder": "ist kein Ordner",
    "is no id": "ist kein Kurzname",
    "is no key of a telephone": "ist keine Taste eines Telefons",
    "is no language": "ist keine Sprache",
    "is no password that all sides accept": "ist kein Passwort, das alle Seiten annehmen",
    "is no recording": "ist keine Aufnahme",
    "is no region of this country": "ist keine Region dieses Landes",
    "is no server": "ist kein Server",
    "is no span of time": "ist keine Zeitspanne",
    "is no table": "ist keine Tabelle",
    "is no template that can be used: {reason}": "ist keine brauchbare Vorlage: {reason}",
    "is no time zone": "ist keine Zeitzone",
    "is not TOML": "ist kein TOML",
    "is not TOML: {reason}": "ist kein TOML: {reason}",
    "is not a date": "ist kein Datum",
    "is not a list": "ist keine Liste",
    "is not a table": "ist keine Tabelle",
    "is not a telephone number": "ist keine Telefonnummer",
    "is not a whole number": "ist keine ganze Zahl",
    "is not known here": "ist hier nicht bekannt",
    "is not text": "ist kein Text",
    "is not text in UTF-8": "ist kein Text in UTF-8",
    "is out of range": "liegt außerhalb des Erlaubten",
    "is so large a network that strangers could call in as the trunk": (
        "ist ein so großes Netz, dass Fremde als Telefongesellschaft anrufen könnten"
    ),
    "is there twice": "kommt zweimal vor",
    "is unknown": "ist unbekannt",
    "line {number}": "Zeile {number}",
    "names no voice": "nennt keine Stimme",
    "not installed: {programs} (Debian packages of the same name)": (
        "nicht installiert: {programs} (Debian-Pakete gleichen Namens)"
    ),
    "others can read it: its mode is {mode}": "andere können sie lesen: ihr Modus ist {mode}",
    "there is no such key": "diesen Schlüssel gibt es nicht",
    "the prompts are not built": "die Ansagen sind nicht erzeugt",
    "the sound does not say what is written": "die Ansage sagt nicht, was geschrieben steht",
    "the sound is broken": "die Tondatei ist beschädigt",
    "the sound is missing": "die Tondatei fehlt",
    "there are no texts in this language": "in dieser Sprache gibt es keine Texte",
    "there is also {other}": "es gibt auch {other}",
    "{file}: {reason}": "{file}: {reason}",
}

ALLOWED = {
    "one ivr for an Asterisk: stop the other and start this one again": (
        "ein ivr für ein Asterisk: das andere beenden und dieses wieder starten"
    ),
    '"07:00-18:00": two times of day from 00:00 to 24:00': (
        '"07:00-18:00": zwei Uhrzeiten von 00:00 bis 24:00'
    ),
    "* or # and one to five more keys, such as *11": (
        "* oder # und ein bis fünf weitere Tasten, etwa *11"
    ),
    "/{shortest} or smaller": "/{shortest} oder kleiner",
    "1 to 128 printable ASCII characters, none of them a blank at the ends": (
        "1 bis 128 druckbare ASCII-Zeichen, kein Leerzeichen am Anfang oder Ende"
    ),
    "192.0.2.10 or 192.0.2.0/28": "192.0.2.10 oder 192.0.2.0/28",
    "a TOML file in UTF-8": "eine TOML-Datei in UTF-8",
    "a date without quotes, such as 2026-12-24": (
        "ein Datum ohne Anführungszeichen, etwa 2026-12-24"
    ),
    "a folder such as /var/lib/ivr": "ein Ordner wie /var/lib/ivr",
    "an IP address and a port, such as 127.0.0.1:5060 or [::1]:5060": (
        "eine IP-Adresse und ein Port, etwa 127.0.0.1:5060 oder [::1]:5060"
    ),
    "a loopback address and a port, such as 127.0.0.1:5038": (
        "eine Adresse nur für diesen Rechner und ein Port, etwa 127.0.0.1:5038"
    ),
    "an IP address and a port, such as 127.0.0.1:4573": (
        "eine IP-Adresse und ein Port, etwa 127.0.0.1:4573"
    ),
    "an IP address and a port, such as 127.0.0.1:8088": (
        "eine IP-Adresse und ein Port, etwa 127.0.0.1:8088"
    ),
    "an IP address and a port, such as 127.0.0.1:8080": (
        "eine IP-Adresse und ein Port, etwa 127.0.0.1:8080"
    ),
    "first and last UDP port, such as 10000-10999": (
        "erster und letzter UDP-Port, etwa 10000-10999"
    ),
    "a number from 1 to {most}, or nothing": "eine Zahl von 1 bis {most}, oder nichts",
    "an IP address, such as 192.0.2.10": "eine IP-Adresse, etwa 192.0.2.10",
    "mqtt://127.0.0.1:1883 or mqtts://broker.example:8883": (
        "mqtt://127.0.0.1:1883 oder mqtts://broker.example:8883"
    ),
    "http://asterisk:8088, or nothing": "http://asterisk:8088, oder nichts",
    "up to 32 letters, digits and underscores": "bis zu 32 Buchstaben, Ziffern, Unterstriche",
    "full or reference": "full oder reference",
    "json or console": "json oder console",
    "a folder and a file this user may write to": (
        "ein Ordner und eine Datei, in die dieser Benutzer schreiben darf"
    ),
    'a list in brackets, such as ["07:00-18:00"]': (
        'eine Liste in eckigen Klammern, etwa ["07:00-18:00"]'
    ),
    "a name from texts.toml; is it misspelt?": (
        "ein Name aus texts.toml; ist er falsch geschrieben?"
    ),
    "a name such as Europe/Berlin": "ein Name wie Europe/Berlin",
    "a number of the fixed network or a mobile number": "eine Festnetz- oder Mobilnummer",
    "a recording that sox can read (.mp3: Debian package libsox-fmt-mp3)": (
        "eine Aufnahme, die sox lesen kann (.mp3: Debian-Paket libsox-fmt-mp3)"
    ),
    "a table with keys of its own": "eine Tabelle mit eigenen Schlüsseln",
    "a text, or a pause in milliseconds up to {longest}": (
        "ein Text, oder eine Pause in Millisekunden bis {longest}"
    ),
    "a voice that espeak-ng --voices lists": "eine Stimme, die espeak-ng --voices nennt",
    'addresses: ["192.0.2.10"]': 'Adressen: ["192.0.2.10"]',
    "another name, such as 1001": "ein anderer Name, etwa 1001",
    "codes of which none is the beginning of another": (
        "Kennzahlen, von denen keine der Anfang einer anderen ist"
    ),
    "departments, or no such line for all": "Fachbereiche, oder keine solche Zeile für alle",
    "did you mean {word}?": "meinten Sie {word}?",
    "digits such as 04461, or nothing": "Ziffern wie 04461, oder nichts",
    "digits without quotes, such as 20": "Ziffern ohne Anführungszeichen, etwa 20",
    "each day only once": "jeder Tag nur einmal",
    "each id only once": "jeder Kurzname nur einmal",
    "each number in one place only": "jede Rufnummer nur an einer Stelle",
    "files ending in {endings}": "Dateien mit der Endung {endings}",
    'hours for one day or more: monday = ["07:00-18:00"]': (
        'Zeiten für mindestens einen Tag: monday = ["07:00-18:00"]'
    ),
    "letters, digits, blanks and punctuation in one line": (
        "Buchstaben, Ziffern, Leer- und Satzzeichen in einer Zeile"
    ),
    'lines such as: api_token = "…"': 'Zeilen wie: api_token = "…"',
    "mode 0600: chmod 600 {path}": "Modus 0600: chmod 600 {path}",
    "name, words_per_minute, pitch": "name, words_per_minute, pitch",
    "one agent or more": "mindestens ein Agent",
    "one department or more": "mindestens ein Fachbereich",
    "one of 0 to 9, * or #": "eine von 0 bis 9, * oder #",
    "one recording for each name": "eine Aufnahme für jeden Namen",
    "only sounds that are played; is the name misspelt?": (
        "nur Ansagen, die gespielt werden; ist der Name falsch geschrieben?"
    ),
    "read access": "Leserecht",
    "run: ivr prompts build": "starten Sie: ivr prompts build",
    "see the shipped example": "siehe das mitgelieferte Beispiel",
    "see the shipped template": "siehe die mitgelieferte Vorlage",
    "sip.example.net or sip.example.net:5060": "sip.example.net oder sip.example.net:5060",
    'spans in order: ["07:00-12:30", "13:30-18:00"]': (
        'Zeitspannen der Reihe nach: ["07:00-12:30", "13:30-18:00"]'
    ),
    'text in quotes, such as "04461/919-4010"': (
        'Text in Anführungszeichen, etwa "04461/919-4010"'
    ),
    "the earlier time first; a night needs two days": (
        "die frühere Uhrzeit zuerst; eine Nacht braucht zwei Tage"
    ),
    "the folder dialplan of the program, or another one named by IVR_DIALPLAN": (
        "der Ordner dialplan des Programms, oder ein anderer, den IVR_DIALPLAN nennt"
    ),
    "the folder with county.toml, or another one named by IVR_CONFIG": (
        "der Ordner mit county.toml, oder ein anderer, den IVR_CONFIG nennt"
    ),
    "the name of a voice as espeak-ng --voices lists it": (
        "der Name einer Stimme, wie espeak-ng --voices ihn nennt"
    ),
    "the names by which others reach the proxy in front, such as ivr.example.de,10.1.2.3": (
        "die Namen, unter denen andere den vorgeschalteten Proxy erreichen, etwa "
        "ivr.example.de,10.1.2.3"
    ),
    "the password you have from the telephone company": (
        "das Passwort, das Sie von der Telefongesellschaft haben"
    ),
    "the tables [voice] and [texts]": "die Tabellen [voice] und [texts]",
    "two capital letters (ISO 3166), such as DE": "zwei Großbuchstaben (ISO 3166), etwa DE",
    "two small letters (ISO 639), such as de": "zwei Kleinbuchstaben (ISO 639), etwa de",
    "up to 32 small letters, digits and . _ -; a letter or digit first": (
        "bis zu 32 Kleinbuchstaben, Ziffern und . _ -; zuerst ein Buchstabe oder eine Ziffer"
    ),
    "up to 64 letters, digits and + . _ -": "bis zu 64 Buchstaben, Ziffern und + . _ -",
    "words": "Wörter",
    'written like "04461/919-4010", "+49 4461 9194010" or "919-4010"': (
        'geschrieben wie "04461/919-4010", "+49 4461 9194010" oder "919-4010"'
    ),
    "{first} to {last}": "{first} bis {last}",
    "{least} to {most}": "{least} bis {most}",
    "{there}": "{there}",
    "Run the service.": "Den Dienst ausführen.",
    (
        "Run the service until it is stopped (Ctrl-C or SIGTERM)."
        " Asterisk and the MQTT broker may come and go meanwhile; `ivr status` shows the queue."
    ): (
        "Führt den Dienst aus, bis er beendet wird (Strg-C oder SIGTERM). Asterisk und der"
        " MQTT-Broker dürfen zwischendurch wegfallen; `ivr status` zeigt die Warteschlange."
    ),
    "Before the first start: `ivr check`, `ivr prompts build`, `ivr dialplan render`.": (
        "Vor dem ersten Start: `ivr check`, `ivr prompts build`, `ivr dialplan render`."
    ),
    "Look for what this machine lacks, and what does not work.": (
        "Nachsehen, was diesem Rechner fehlt und was nicht arbeitet."
    ),
    (
        "Look at this machine: is there a suitable Asterisk, is a program missing, is the"
        " configuration in order, does every part of the running service work?"
    ): (
        "Sieht sich diesen Rechner an: Gibt es ein passendes Asterisk, fehlt ein Programm, ist"
        " die Konfiguration in Ordnung, arbeitet jeder Teil des laufenden Dienstes?"
    ),
    "Ends with status 1 where something is not in order.": (
        "Endet mit Status 1, wenn etwas nicht in Ordnung ist."
    ),
    "in order": "in Ordnung",
    "not in order": "nicht in Ordnung",
    "configuration": "Konfiguration",
    "problems: {count}; ivr check tells them": "Fehler: {count}; ivr check nennt sie",
    "service": "Dienst",
    "service: {part}": "Dienst: {part}",
    "What": "Was",
    "Found": "Befund",
    "is not there": "ist nicht da",
    "is no database this program knows": "ist keine Datenbank, die dieses Programm kennt",
    "a file with certificates (PEM)": "eine Datei mit Zertifikaten (PEM)",
    "both or none": "beide oder keins",
    "is no setting": "ist keine Einstellung",
    "see docs/reference/configuration.md": "siehe docs/reference/configuration.md",
}

GERMAN = (
    ALLOWED
    | AUDIT
    | BACKUP
    | CALLBACKS
    | CALLING
    | COMMANDS
    | DELIVERIES
    | DUTY
    | FALLBACK
    | INBOX
    | RULES
    | PLAN
    | PRIVACY
    | REPLAY
    | REPORT
    | SERVICE
    | SIMULATE
    | WRONG
)
