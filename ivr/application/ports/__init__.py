"""What the application needs from outside. One Protocol per outside system.

Every port has a hand-written fake under ``tests/fakes`` and one contract suite under
``tests/contract`` that runs on the fake and on the real thing. A module for each system; nothing
is re-exported here.
"""
