"""Which refusals of the kernel are the disk's, and may be over when it is asked again.

Whoever can't do without a file fails either way. A wrong setting stays wrong until the admin mends
it; a full or failing disk is mended behind our back, so it has to be tried again.
"""

from __future__ import annotations

import errno
from typing import Final

_OF_THE_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})


def may_pass(error: OSError) -> bool:
    """Whether the disk is full, at its quota, read-only or broken."""
    return error.errno in _OF_THE_DISK
