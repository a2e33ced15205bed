# The running service against its contract: one ctest for each theme, with the python3 and the modules of the system.
set(LORENZ_PYTHON /usr/bin/python3 CACHE FILEPATH "python3 with paho.mqtt and jsonschema")
foreach(theme feed junk stale decisions faults files many notify reload data)
  add_test(NAME system_${theme} COMMAND ${LORENZ_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/system/test_${theme}.py)
  set_tests_properties(system_${theme} PROPERTIES
    LABELS system
    TIMEOUT 180
    ENVIRONMENT "LORENZD=$<TARGET_FILE:lorenzd>;LORENZCTL=$<TARGET_FILE:lorenzctl>;LORENZ_SCHEMA_DIR=${PROJECT_SOURCE_DIR}/schema")
endforeach()
set_tests_properties(system_data PROPERTIES SKIP_REGULAR_EXPRESSION "LORENZ_DATA_DIR is not set")
