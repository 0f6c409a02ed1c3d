pytest_plugins = ["service_testing.plugin"]
