"""A working year in minutes: the real engine, a virtual clock, and people who behave by chance.

``scenario`` says what is simulated, ``habits`` how callers and agents behave, ``arriving`` when who
calls, ``on_duty`` how many agents are there, ``staff`` what those do, ``outside`` plays switch,
store and callers, and ``clockwork`` turns the clock. There is no second model of the queue: every
decision is the engine's. All chance comes from seeds that are passed in; no clock, no file, no
network.
"""
