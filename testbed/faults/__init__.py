"""The fault drive: real calls against the real system while its parts die, freeze and starve.

``make faults`` runs it. The faults come at random by a seed that is printed; afterwards it is
proved from outside that nobody was lost: from what callers and agents saw on their telephones,
what caseworkers were told over MQTT, and what the database holds. See
docs/explanation/fault-drive.md.
"""
