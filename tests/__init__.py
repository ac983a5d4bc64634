"""The project's tests: a package of its own, as others install one of this name."""
