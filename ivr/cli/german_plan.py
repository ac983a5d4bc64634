"""The German of ``ivr plan``; the English text is the key."""

from __future__ import annotations

PLAN = {
    "--calls plans one interval; --from, --database, --since, --until, --calls-a-year, --day"
    " and --plot are for a week.": (
        "--calls plant ein einzelnes Intervall; --from, --database, --since, --until,"
        " --calls-a-year, --day und --plot gelten für eine Woche."
    ),
    "--from and --database can't be both.": "--from und --database gehen nicht zugleich.",
    "--since and --until choose among single calls, not counts.": (
        "--since und --until wählen unter einzelnen Anrufen, nicht unter Anzahlen."
    ),
    "? The history is too thin for {thin} of {all} intervals: few days, or a mean that may be"
    " off by more than 30 %.": (
        "? Für {thin} von {all} Intervallen ist zu wenig bekannt: wenige Tage, oder ein"
        " Mittelwert, der um mehr als 30 % falsch sein kann."
    ),
    "ASA of at most {asa}": "ASA höchstens {asa}",
    "ASA, quiet to busy": "ASA, ruhig bis lebhaft",
    "ASA: waits of answered calls / answered calls. Within: answered within the time / all"
    " calls. Busy day: 9 of 10 bring no more calls, quiet day: 1 of 10 brings no more; their"
    " variance is mean + (variation * mean)^2, variation {variation}. Roster: agents / (1 -"
    " shrinkage), shrinkage {shrinkage}.": (
        "ASA: Wartezeiten der angenommenen Anrufe / angenommene Anrufe. Binnen: in der Zeit"
        " angenommen / alle Anrufe. Lebhafter Tag: 9 von 10 bringen nicht mehr Anrufe, ruhiger"
        " Tag: 1 von 10 bringt nicht mehr; ihre Varianz ist Mittel + (Schwankung * Mittel)^2,"
        " Schwankung {variation}. Dienstplan: Agenten / (1 - Abwesenheit), Abwesenheit"
        " {shrinkage}."
    ),
    "Agents": "Agenten",
    "Agents needed by Erlang A: {agents}.": "Nötige Agenten nach Erlang A: {agents}.",
    "Agents needed by Erlang C: {agents}.": "Nötige Agenten nach Erlang C: {agents}.",
    "Agents needed on a busy day, with {calls} calls: {agents}; with {usual} its ASA"
    " would be {asa}.": (
        "Nötige Agenten an einem lebhaften Tag mit {calls} Anrufen: {agents}; mit {usual}"
        " wäre seine ASA {asa}."
    ),
    "Agents on an average day (on a busy day):": (
        "Agenten an einem mittleren Tag (an einem lebhaften Tag):"
    ),
    "Busy day": "Lebhafter Tag",
    "By how much days of the same weekday differ beyond chance.": (
        "Um wie viel sich Tage desselben Wochentags über den Zufall hinaus unterscheiden."
    ),
    "Calls": "Anrufe",
    "Calls in {minutes} minutes": "Anrufe in {minutes} Minuten",
    "Counted on {days} days, {first} to {last}.": "Gezählt an {days} Tagen, {first} bis {last}.",
    "Draw the week into FILE: .svg, .png or .pdf, needs matplotlib.": (
        "Die Woche in FILE zeichnen: .svg, .png oder .pdf, braucht matplotlib."
    ),
    "Erlang A, planned with: callers give up, their patience is exponential (Palm; Baccelli"
    " and Hebuterne); the wait of the most patient has a density proportional to e^(calls *"
    " patience * (1 - e^(-t/patience)) - agents * t / handling).": (
        "Erlang A, danach ist geplant: Anrufende geben auf, ihre Geduld ist exponentiell"
        " (Palm; Baccelli und Hebuterne); die Wartezeit der Geduldigsten hat eine Dichte"
        " proportional zu e^(Anrufe * Geduld * (1 - e^(-t/Geduld)) - Agenten * t /"
        " Bearbeitung)."
    ),
    "Erlang C: load a = calls / interval * handling; B(0) = 1, B(k) = a B(k-1) / (k + a"
    " B(k-1)); C = B(c) / (1 - a/c (1 - B(c))); ASA = C * handling / (c - a); within T: 1 - C"
    " * e^(-(c - a) T / handling). Nobody gives up.": (
        "Erlang C: Last a = Anrufe / Intervall * Bearbeitung; B(0) = 1, B(k) = a B(k-1) / (k +"
        " a B(k-1)); C = B(c) / (1 - a/c (1 - B(c))); ASA = C * Bearbeitung / (c - a); binnen"
        " T: 1 - C * e^(-(c - a) T / Bearbeitung). Niemand gibt auf."
    ),
    "Examples: `ivr plan` · `ivr plan --calls 120 --handling 190 --patience 180 --target"
    " asa=13` · `ivr plan --calls-a-year 500000` · `ivr plan --database --day monday` · `ivr"
    " plan --from calls.csv --interval 15 --target 80/20 --shrinkage 20 --growth 5` · `ivr"
    " plan --plot week.svg`": (
        "Beispiele: `ivr plan` · `ivr plan --calls 120 --handling 190 --patience 180 --target"
        " asa=13` · `ivr plan --calls-a-year 500000` · `ivr plan --database --day montag` ·"
        " `ivr plan --from calls.csv --interval 15 --target 80/20 --shrinkage 20 --growth 5` ·"
        " `ivr plan --plot week.svg`"
    ),
    "Friday": "Freitag",
    "Give up": "Geben auf",
    "Handling: {seconds} s ({origin}).": "Bearbeitung: {seconds} s ({origin}).",
    "How long callers wait on average before they give up; none: they never do.": (
        "Wie lange Anrufende im Mittel warten, bis sie aufgeben; none: nie."
    ),
    "How many agents do the calls need, hour by hour, so that callers wait as long as is"
    " wanted? From the calls of the past: the pilot's, those in a FILE, or those in the"
    " service's database; or for one number of calls. By Erlang C, where nobody gives up, and"
    " by Erlang A, where callers do; the formulas stand below the figures. Nothing is changed,"
    " and the service need not be running.": (
        "Wie viele Agenten brauchen die Anrufe Stunde für Stunde, damit Anrufende so lange"
        " warten wie gewünscht? Nach den Anrufen der Vergangenheit: denen des Pilotbetriebs,"
        " denen in einer Datei (FILE) oder denen in der Datenbank des Dienstes; oder für eine"
        " Anzahl von Anrufen. Nach Erlang C, wo niemand aufgibt, und nach Erlang A, wo"
        " Anrufende aufgeben; die Formeln stehen unter den Zahlen. Nichts wird geändert, der"
        " Dienst muss nicht laufen."
    ),
    "How many agents the calls need, hour by hour.": (
        "Wie viele Agenten die Anrufe brauchen, Stunde für Stunde."
    ),
    "Its callers: ASA {asa}, {within} answered within {seconds} s, {abandoned} give up; agents"
    " are occupied for {occupancy}.": (
        "Ihre Anrufenden: ASA {asa}, {within} binnen {seconds} s angenommen, {abandoned} geben"
        " auf; die Agenten sind zu {occupancy} ausgelastet."
    ),
    "Mean is sure to": "Mittel sicher auf",
    "Monday": "Montag",
    "No call came within the opening hours.": "Kein Anruf kam innerhalb der Öffnungszeiten.",
    "Occupied": "Ausgelastet",
    "On the roster": "Im Dienstplan",
    "Nobody calls on this day: the service is closed.": (
        "An diesem Tag ruft niemand an: Der Dienst ist geschlossen."
    ),
    "On the roster: {rostered}, on a busy day {busy}.": (
        "Im Dienstplan: {rostered}, an einem lebhaften Tag {busy}."
    ),
    "Past calls before this day.": "Vergangene Anrufe vor diesem Tag.",
    "Past calls from this day on.": "Vergangene Anrufe ab diesem Tag.",
    "Past calls: a calls file, or counts by interval, as CSV.": (
        "Vergangene Anrufe: eine Anrufdatei oder Anzahlen je Intervall, als CSV."
    ),
    "Past calls: those in the service's database.": (
        "Vergangene Anrufe: die in der Datenbank des Dienstes."
    ),
    "Patience: nobody gives up.": "Geduld: Niemand gibt auf.",
    "Patience: {seconds} s ({origin}).": "Geduld: {seconds} s ({origin}).",
    "Plan one interval with so many calls, instead of a week.": (
        "Statt einer Woche ein Intervall mit so vielen Anrufen planen."
    ),
    "Print CSV.": "CSV ausgeben.",
    "Quiet to busy day": "Ruhig bis lebhaft",
    "Saturday": "Samstag",
    "Share of paid time in which agents are not there: breaks, training, illness.": (
        "Anteil der bezahlten Zeit, in der Agenten nicht da sind: Pausen, Schulung, Krankheit."
    ),
    "Show this day in all detail.": "Diesen Tag in allen Einzelheiten zeigen.",
    "So many agents are always there.": "So viele Agenten sind immer da.",
    "So many percent of callers may give up, no more.": (
        "So viel Prozent der Anrufenden dürfen aufgeben, mehr nicht."
    ),
    "So many percent of their time agents may talk and wrap up, no more.": (
        "So viel Prozent der Zeit dürfen Agenten mit Gespräch und Nacharbeit verbringen, mehr"
        " nicht."
    ),
    "Sunday": "Sonntag",
    "Talk and wrap-up of a call, on average.": "Gespräch und Nacharbeit eines Anrufs, im Mittel.",
    "Target: {target}.": "Ziel: {target}.",
    "The length of an interval: 15, 30 or 60 minutes.": (
        "Die Länge eines Intervalls: 15, 30 oder 60 Minuten."
    ),
    "The week: {hours} agent hours ({busy} if every day were busy), {rostered} on the roster;"
    " at most {most} agents at once.": (
        "Die Woche: {hours} Agentenstunden ({busy}, wenn jeder Tag lebhaft wäre), {rostered}"
        " im Dienstplan; höchstens {most} Agenten zugleich."
    ),
    "The past has to begin before it ends.": "Die Vergangenheit muss beginnen, bevor sie endet.",
    "These calls were counted every {minutes} minutes: take --interval {minutes}.": (
        "Diese Anrufe wurden alle {minutes} Minuten gezählt: --interval {minutes} nehmen."
    ),
    "Thursday": "Donnerstag",
    "Tuesday": "Dienstag",
    "Wednesday": "Mittwoch",
    "What callers are to meet: asa=13 (an average wait of 13 seconds, taken if left out) or"
    " 80/20 (80 % answered within 20 seconds). Both, if given twice.": (
        "Was Anrufende erleben sollen: asa=13 (eine mittlere Wartezeit von 13 Sekunden, gilt"
        " ohne Angabe) oder 80/20 (80 % binnen 20 Sekunden angenommen). Beides, wenn zweimal"
        " angegeben."
    ),
    "What if so many calls came in the year ahead, spread alike?": (
        "Was, wenn im kommenden Jahr so viele Anrufe kämen, ebenso verteilt?"
    ),
    "What if so many percent more calls came? Fewer: -10.": (
        "Was, wenn so viel Prozent mehr Anrufe kämen? Weniger: -10."
    ),
    "Within {seconds} s": "Binnen {seconds} s",
    "a CSV file of counts or of calls": "eine CSV-Datei mit Anzahlen oder Anrufen",
    "a date such as 2026-11-23": "ein Datum wie 2026-11-23",
    "a line for each interval": "eine Zeile für jedes Intervall",
    "a number from 0 to 1000000": "eine Zahl von 0 bis 1000000",
    "a time such as 09:00": "eine Uhrzeit wie 09:00",
    "a whole number, 1 or more": "eine ganze Zahl ab 1",
    "agents occupied for {share}": "Agenten zu {share} ausgelastet",
    "are no headings of counts": "sind keine Überschriften von Anzahlen",
    "assumed": "angenommen",
    "at most {share} give up": "höchstens {share} geben auf",
    "average day": "mittlerer Tag",
    "busy day": "lebhafter Tag",
    "calls, quiet to busy day": "Anrufe, ruhiger bis lebhafter Tag",
    "can't be in this column": "kann in dieser Spalte nicht stehen",
    "counted": "gezählt",
    "each interval only once": "jedes Intervall nur einmal",
    "given": "angegeben",
    "has {count} cells": "hat {count} Felder",
    "holds no counts": "enthält keine Anzahlen",
    "is no CSV: {reason}": "ist kein CSV: {reason}",
    "is no text in UTF-8": "ist kein Text in UTF-8",
    "weekday,start,calls,days or date,start,calls": (
        "weekday,start,calls,days oder date,start,calls"
    ),
    "{calls} calls a year, {target}": "{calls} Anrufe im Jahr, {target}",
    "{calls} calls in {minutes} minutes: a load of {load} Erlang.": (
        "{calls} Anrufe in {minutes} Minuten: eine Last von {load} Erlang."
    ),
    "{share} answered within {seconds} s": "{share} binnen {seconds} s angenommen",
    "{share} of the calls came outside the opening hours and are left out.": (
        "{share} der Anrufe kamen außerhalb der Öffnungszeiten und sind weggelassen."
    ),
    "{value} is no number from {least} to {most}.": (
        "{value} ist keine Zahl von {least} bis {most}."
    ),
    "{value} is no target: asa=13 is an average wait of 13 seconds, 80/20 that 80 % (below"
    " 100) are answered within 20 seconds.": (
        "{value} ist kein Ziel: asa=13 ist eine mittlere Wartezeit von 13 Sekunden, 80/20"
        " heißt, dass 80 % (unter 100) binnen 20 Sekunden angenommen werden."
    ),
    "{value} is no weekday: {known}.": "{value} ist kein Wochentag: {known}.",
    "{value} is none of 15, 30, 60.": "{value} ist weder 15 noch 30 noch 60.",
    "{week} calls a week, {year} in the year ahead.": (
        "{week} Anrufe in der Woche, {year} im kommenden Jahr."
    ),
}
