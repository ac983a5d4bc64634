"""An empty picture, and keeping it in a file: the same figures make the same file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.domain.errors import Refused, Unavailable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = (".svg", ".png", ".pdf")


@contextmanager
def picture(file: Path, width: float, height: float) -> Iterator[Figure]:
    """Give an empty figure (inches) and write it into ``file`` at the end.

    Raises Refused: the suffix is none of FORMATS (``picture_format``), or there is no matplotlib
    (``plots_missing``); and Unavailable where it can't be written.
    """
    if file.suffix.lower() not in FORMATS:
        known = ", ".join(FORMATS)
        raise Refused(f"{file.name}: a picture's name ends in {known}.", code="picture_format")
    try:
        # Slow to import, and not installed where nobody wants pictures.
        import matplotlib as mpl  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as missing:
        raise Refused(
            "Pictures need matplotlib: pip install 'ivr[plots]'.", code="plots_missing"
        ) from missing
    # Ids in an SVG are random, and a date is in it, unless told otherwise.
    with mpl.rc_context({"svg.hashsalt": "ivr", "svg.fonttype": "none"}):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure
        dated = {"Date": None} if file.suffix.lower() == ".svg" else {}
        try:
            figure.savefig(file, dpi=150, metadata=dated)
        except OSError as error:
            raise Unavailable(
                f"{file} can't be written: {error.strerror}.", code="picture_not_written"
            ) from error
