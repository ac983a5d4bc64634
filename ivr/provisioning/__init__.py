"""From the admin's files to a checked model, and from there to Asterisk's configuration.

Reads files and the environment, writes the instance folder. It talks to no running system and
decides nothing about calls.
"""
