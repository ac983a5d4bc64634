"""The journal of the engine's inputs, in files."""
