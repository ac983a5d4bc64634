"""The German of ``ivr inbox``; the English text is the key."""

from __future__ import annotations

INBOX = {
    "A URL holds neither user nor password: see --user and --password-file.": (
        "In einer URL stehen weder Benutzer noch Passwort: siehe --user und --password-file."
    ),
    "A caseworker's callbacks in the terminal, over MQTT.": (
        "Die Rückrufe einer Sachbearbeitung im Terminal, über MQTT."
    ),
    "A caseworker's callbacks: what is to be done, as it changes; take, attempt and close them by"
    " typing. It reaches the MQTT broker from any machine, with the caseworker's own login, and"
    " keeps nothing there.": (
        "Die Rückrufe einer Sachbearbeitung: was zu tun ist, sobald es sich ändert; übernehmen,"
        " versuchen und abschließen durch Tippen. Erreicht den MQTT-Broker von jedem Rechner aus,"
        " mit dem Login der Sachbearbeitung, und hebt dort nichts auf."
    ),
    "A file, readable by you only, with the password; otherwise IVR_INBOX_PASSWORD is taken, or you"
    " are asked.": (
        "Eine Datei mit dem Passwort, die nur Sie lesen können; sonst gilt IVR_INBOX_PASSWORD, oder"
        " Sie werden gefragt."
    ),
    "Attempts": "Versuche",
    "Closed because": "Abgeschlossen, weil",
    "Comment": "Bemerkung",
    "Connected.": "Verbunden.",
    "Escalations": "Weitergereicht",
    "Examples: `ivr inbox --url mqtts://mqtt.example.de --department umwelt --caseworker janssen` ·"
    " `ivr inbox -d umwelt -c janssen --once` · then type `take 1`, `attempt 1 busy 14:00`, `close"
    " 1`, `help`": (
        "Beispiele: `ivr inbox --url mqtts://mqtt.example.de --department umwelt --caseworker"
        " janssen` · `ivr inbox -d umwelt -c janssen --once` · dann tippen: `nehmen 1`, `versuch 1"
        " besetzt 14:00`, `abschließen 1`, `hilfe`"
    ),
    "How long --once waits until ivr has told everything.": (
        "Wie lange --once wartet, bis ivr alles gesagt hat."
    ),
    "Next try": "Nächster Versuch",
    "No connection: {reason}": "Keine Verbindung: {reason}",
    "No.": "Nr.",
    "Nothing to do.": "Nichts zu tun.",
    "Password: ": "Passwort: ",
    "Preferred times": "Wunschzeiten",
    "Print JSON, one object a line: each message; with --once each open callback.": (
        "JSON ausgeben, ein Objekt je Zeile: jede Nachricht; mit --once jeden offenen Rückruf."
    ),
    "Reference": "Aktenzeichen",
    "Show what is to be done now, and end.": "Zeigen, was jetzt zu tun ist, und enden.",
    "Taken by": "Übernommen von",
    "The broker: mqtts://host:8883 with TLS; mqtt://host:1883 only on this machine, or without a"
    " login.": (
        "Der Broker: mit TLS mqtts://host:8883; mqtt://host:1883 nur auf diesem Rechner oder ohne"
        " Login."
    ),
    "The certificates to trust in place of the system's.": (
        "Die Zertifikate, denen statt denen des Systems vertraut wird."
    ),
    "The login at the broker; left out: the caseworker's id.": (
        "Das Login beim Broker; ohne Angabe die ID der Sachbearbeitung."
    ),
    "The password would go through the network in the clear: use mqtts://.": (
        "Das Passwort ginge im Klartext durch das Netz: bitte mqtts:// verwenden."
    ),
    "There is no connection yet.": "Es gibt noch keine Verbindung.",
    "There is no row {name}.": "Eine Zeile {name} gibt es nicht.",
    "There is no such command: {word}. See: help": "Den Befehl {word} gibt es nicht. Siehe: hilfe",
    "There is nobody to ask for the password: set IVR_INBOX_PASSWORD or give a file.": (
        "Niemand kann nach dem Passwort gefragt werden: IVR_INBOX_PASSWORD setzen oder eine Datei"
        " angeben."
    ),
    "To whom? Say the caseworker's id.": "An wen? Nennen Sie die ID der Sachbearbeitung.",
    "Told already": "Schon gesagt",
    "Topic": "Thema",
    "What does {text} mean? A comment stands behind --": (
        "Was heißt {text}? Eine Bemerkung steht hinter --"
    ),
    "What is the comment?": "Wie lautet die Bemerkung?",
    "Which one? Say the number of its row.": "Welcher? Nennen Sie die Nummer seiner Zeile.",
    "asked for another time": "andere Zeit",
    "attempt": "versuch",
    "busy": "besetzt",
    "call": "anrufen",
    "close": "abschließen",
    "comment": "bemerkung",
    "done": "erledigt",
    "duplicate": "doppelt",
    "e-mail written": "E-Mail",
    "give": "abgeben",
    "given to somebody else": "abgegeben",
    "help": "hilfe",
    "ivr does not answer.": "ivr antwortet nicht.",
    "ivr is away: commands wait, and news comes later.": (
        "ivr ist nicht da: Befehle warten, und Neues kommt später."
    ),
    "ivr is back.": "ivr ist wieder da.",
    "letter written": "Brief",
    "list": "liste",
    "not reached": "nicht erreicht",
    "now {who} has it": "jetzt hat ihn {who}",
    "opened again": "wieder geöffnet",
    "phoned": "angerufen",
    "quit": "ende",
    "reached": "erreicht",
    "refused: {why}": "abgelehnt: {why}",
    "reminder": "Erinnerung",
    "reopen": "öffnen",
    "settled": "geklärt",
    "show": "zeigen",
    "take": "nehmen",
    "take N                        I take it\n"
    "call N                        ring my telephone, then the citizen's\n"
    "attempt N [RESULT] [TIME]     I phoned: reached, not_reached, busy, wrong_number,\n"
    "                              another_time; TIME: when to try again, such as 14:00\n"
    "close N [REASON]              settled, letter, mail, unreachable, withdrawn, duplicate\n"
    "comment N WORDS               something to know about it\n"
    "give N WHO [DEPARTMENT]       somebody else is to have it\n"
    "reopen N                      it is not done after all\n"
    "show N · list · help · quit\n"
    "N is the number of the row or the id. Words behind -- are a comment:\n"
    "attempt 2 busy 14:00 -- engaged all morning": (
        "nehmen N                        ich übernehme ihn\n"
        "anrufen N                       mein Telefon anrufen, dann das des Bürgers\n"
        "versuch N [ERGEBNIS] [ZEIT]     angerufen: erreicht, nicht_erreicht, besetzt,\n"
        "                                falsche_nummer, andere_zeit; ZEIT: wann wieder, etwa"
        " 14:00\n"
        "abschließen N [GRUND]           geklärt, brief, e-mail, unerreichbar, zurückgezogen,"
        " doppelt\n"
        "bemerkung N WORTE               was man dazu wissen sollte\n"
        "abgeben N WER [FACHBEREICH]     jemand anders soll ihn haben\n"
        "öffnen N                        er ist doch nicht erledigt\n"
        "zeigen N · liste · hilfe · ende\n"
        "N ist die Nummer der Zeile oder die ID. Worte hinter -- sind eine Bemerkung:\n"
        "versuch 2 besetzt 14:00 -- den ganzen Vormittag besetzt"
    ),
    "unreachable": "unerreichbar",
    "waited too long": "zu lange gewartet",
    "withdrawn": "zurückgezogen",
    "wrong number": "falsche Nummer",
    "{due} overdue": "{due} überfällig",
    "{file} can be read by others: chmod 600 {file}": (
        "{file} können andere lesen: chmod 600 {file}"
    ),
    "{file} can't be read: {reason}": "{file} ist nicht lesbar: {reason}",
    "{text} is no reason. Reasons: {reasons}": "{text} ist kein Grund. Gründe: {reasons}",
    "{text} is no result and no time. Results: {results}": (
        "{text} ist weder Ergebnis noch Zeit. Ergebnisse: {results}"
    ),
    "… and {count} more": "… und {count} weitere",
}
