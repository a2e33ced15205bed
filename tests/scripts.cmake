# Every configuration that is shipped passes the service's own check, and the demonstration runs to its end.
file(GLOB_RECURSE configurations CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/config/*.yaml)
list(REMOVE_ITEM configurations ${PROJECT_SOURCE_DIR}/config/technologies.yaml) # entries of a list: config_technologies reads them
foreach(file IN LISTS configurations)
  file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${file})
  add_test(NAME check_${name} COMMAND lorenzd --config ${file} --check)
endforeach()

find_program(GNUPLOT gnuplot)
if(GNUPLOT)
  add_test(NAME demo
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/demo --no-bootstrap --build-dir ${PROJECT_BINARY_DIR} --out ${CMAKE_CURRENT_BINARY_DIR}/demo-output)
  set_tests_properties(demo PROPERTIES LABELS system ENVIRONMENT "LORENZ_DATA_DIR=")
endif()

# The paper's figures: their numbers, what is drawn of them, and the pictures that the README shows.
add_test(NAME figures COMMAND ${LORENZ_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/system/test_figures.py)
set_tests_properties(figures PROPERTIES LABELS system ENVIRONMENT "LORENZCTL=$<TARGET_FILE:lorenzctl>")
