"""The rules of the service: events in, commands out, time as an argument.

Pure and synchronous. No clock, random source, log, file, socket or event loop is reached from
here; import-linter enforces it. See docs/explanation/architecture.md.
"""
