"""A fresh engine at noon on a working day."""

import pytest

from tests.unit.domain.driver import Driver


@pytest.fixture
def d() -> Driver:
    return Driver()
