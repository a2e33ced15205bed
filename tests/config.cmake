lorenz_test(units SOURCES unit/test_units.c LIBS lorenzd_core)
lorenz_test(config SOURCES unit/test_config.c unit/config_file.c LIBS lorenzd_io)
lorenz_test(config_errors SOURCES unit/test_config_errors.c unit/config_file.c LIBS lorenzd_io)
lorenz_test(config_technologies SOURCES unit/test_config_technologies.c unit/config_file.c LIBS lorenzd_io)
