from hypothesis import settings

pytest_plugins = ["service_testing.plugin"]
settings.register_profile("suite", deadline=None)  # how long an example takes depends on what else the machine does
settings.load_profile("suite")
