"""The outside: one package per outside system. They do not know each other."""
