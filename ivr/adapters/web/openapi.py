"""Prints the OpenAPI document, which is kept beside the documentation.

python -m ivr.adapters.web.openapi > docs/reference/openapi.json
"""

from __future__ import annotations

import json
import sys

from ivr.adapters.web.app import app_without_parts


def document() -> str:
    """Return the OpenAPI document as it is kept beside the documentation."""
    return json.dumps(app_without_parts().openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
