# The running service against its contract: one ctest for each theme.
# What takes long and depends on no compiler.
if(CMAKE_C_COMPILER_ID STREQUAL GNU AND NOT LORENZ_SANITIZE)
  set(LORENZ_LONG_THEMES outage network flood valgrind)
endif()
foreach(theme answer clock commands curve feed junk signals stale decisions pace faults files many notify reload kill disk data descriptors tls acl technologies ${LORENZ_LONG_THEMES})
  add_test(NAME system_${theme} COMMAND ${LORENZ_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/system/test_${theme}.py)
  set_tests_properties(system_${theme} PROPERTIES
    SKIP_RETURN_CODE 77
    LABELS system
    ENVIRONMENT "LORENZD=$<TARGET_FILE:lorenzd>;LORENZCTL=$<TARGET_FILE:lorenzctl>;LORENZ_SCHEMA_DIR=${PROJECT_SOURCE_DIR}/schema")
endforeach()
# a disk that fails on request
add_library(fault_disk MODULE system/fault_disk.c)
target_link_libraries(fault_disk PRIVATE ${CMAKE_DL_LIBS})
set_target_properties(fault_disk PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
target_compile_definitions(fault_disk PRIVATE _GNU_SOURCE)
set_property(TEST system_disk APPEND PROPERTY ENVIRONMENT "FAULT_DISK_LIBRARY=$<TARGET_FILE:fault_disk>")
set_tests_properties(system_data PROPERTIES SKIP_REGULAR_EXPRESSION "LORENZ_DATA_DIR is not set")
