"""Settings for all tests."""

from hypothesis import HealthCheck, settings

# How fast a busy machine is says nothing about the code.
settings.register_profile("ivr", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ivr")
