"""How hypothesis runs here: no deadlines, and a failure prints what reproduces it."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "centli",
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("centli")
