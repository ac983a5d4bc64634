"""Asterisk, reached over ARI."""
