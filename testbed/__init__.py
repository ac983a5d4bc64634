"""A telephone network on one machine: Asterisk, phones, callers and a broker, all real.

Used by the tests, the demo and the benchmarks; not part of the installed program. Every process
is started and stopped through :mod:`testbed.process` and dies with the one that started it.
Addresses are loopback only: agents' phones on :data:`AGENT_ADDRESS`, citizens on
:data:`CITIZEN_ADDRESS`, because the trunk is known by the address it calls from.
"""

from typing import Final

AGENT_ADDRESS: Final = "127.0.0.1"
CITIZEN_ADDRESS: Final = "127.0.0.2"
