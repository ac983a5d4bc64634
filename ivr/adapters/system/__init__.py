"""The machine: its clock, its logs, its Asterisk and the programs beside it."""
