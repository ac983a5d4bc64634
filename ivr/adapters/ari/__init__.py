"""Asterisk over ARI: one socket for events and requests. See docs/adr/0003-ari-client.md."""
