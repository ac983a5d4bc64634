"""Settings for all tests.

``pytest --hypothesis-profile=thorough tests/unit/domain`` looks longer for what goes wrong.
"""

from hypothesis import HealthCheck, settings

# How fast a busy machine is says nothing about the code.
settings.register_profile(
    "ivr", deadline=None, suppress_health_check=[HealthCheck.too_slow], stateful_step_count=60
)
settings.register_profile(
    "thorough", settings.get_profile("ivr"), max_examples=2000, stateful_step_count=100
)
settings.load_profile("ivr")
