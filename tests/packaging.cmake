# What is installed and packed. The library's archive of a sanitizer's tree does not link into a plain program.
set(SYSTEM ${CMAKE_CURRENT_SOURCE_DIR}/system)
add_test(NAME completion COMMAND ${SYSTEM}/completion.sh $<TARGET_FILE_DIR:lorenzctl> ${PROJECT_SOURCE_DIR}/completions)
set_tests_properties(completion PROPERTIES SKIP_RETURN_CODE 77)
if(NOT LORENZ_SANITIZE)
  add_test(NAME install COMMAND ${SYSTEM}/install.sh ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR} ${CMAKE_C_COMPILER})
  set_tests_properties(install PROPERTIES TIMEOUT 120)
endif()
