# What is installed and packed. The library's archive of a sanitizer's tree does not link into a plain program.
set(SYSTEM ${CMAKE_CURRENT_SOURCE_DIR}/system)
add_test(NAME completion COMMAND ${SYSTEM}/completion.sh $<TARGET_FILE_DIR:lorenzctl> ${PROJECT_SOURCE_DIR}/daemon/completions)
set_tests_properties(completion PROPERTIES SKIP_RETURN_CODE 77)
if(NOT LORENZ_SANITIZE)
  add_test(NAME install COMMAND ${SYSTEM}/install.sh ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR} ${CMAKE_C_COMPILER})
endif()

# The package and the unit in a booted Debian: in one tree only, as the package is built with the system's own compiler and flags.
if(CMAKE_C_COMPILER_ID STREQUAL GNU AND NOT LORENZ_SANITIZE)
  add_test(NAME boot COMMAND ${LORENZ_PYTHON} -B ${SYSTEM}/test_boot.py ${PROJECT_SOURCE_DIR})
  set_tests_properties(boot PROPERTIES SKIP_RETURN_CODE 77 LABELS "system;boot")
endif()
