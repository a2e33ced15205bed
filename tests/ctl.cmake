# lorenzctl: its parts as units, and the real program on real files, databases and a real broker.
set(CTL ${PROJECT_SOURCE_DIR}/daemon/ctl)
lorenz_test(ctl_chart SOURCES unit/test_ctl_chart.c ${CTL}/chart.c ${CTL}/chart_draw.c ${CTL}/chart_labels.c ${CTL}/chart_points.c LIBS lorenzd_core LABELS unit)
lorenz_test(ctl_csv SOURCES unit/test_ctl_csv.c ${CTL}/csv.c ${CTL}/table.c ${CTL}/table_people.c LIBS lorenzd_core)
lorenz_test(ctl_table SOURCES unit/test_ctl_table.c ${CTL}/table.c ${CTL}/table_people.c LIBS lorenzd_core)
lorenz_test(ctl_options SOURCES unit/test_ctl_options.c ${CTL}/options.c LIBS lorenzd_core)
lorenz_test(ctl_secret SOURCES unit/test_ctl_secret.c LIBS lorenzd_io)

# A script that exits with 77 has said why it is skipped.
foreach(name solve machines sources sweep check alarms replay dk1 paced same history status)
  add_test(NAME ctl_${name} COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/system/ctl_${name}.sh)
  set_tests_properties(ctl_${name} PROPERTIES SKIP_RETURN_CODE 77
    ENVIRONMENT "LORENZCTL=$<TARGET_FILE:lorenzctl>;PROJECT=${PROJECT_SOURCE_DIR}")
endforeach()

# Cost against carbon: fronts against grids of all heats.
add_test(NAME ctl_pareto COMMAND ${LORENZ_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/system/test_pareto.py)
set_tests_properties(ctl_pareto PROPERTIES ENVIRONMENT "LORENZCTL=$<TARGET_FILE:lorenzctl>")

# All that calculates once more without optimisation: its replay must be the same to the last byte.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND NOT LORENZ_SANITIZE)
  set(unoptimised)
  foreach(target lorenz lorenzd_core lorenzctl)
    get_target_property(dir ${target} SOURCE_DIR)
    get_target_property(sources ${target} SOURCES)
    foreach(source ${sources})
      cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${dir})
      list(APPEND unoptimised ${source})
    endforeach()
  endforeach()
  add_executable(lorenzctl_unoptimised ${unoptimised})
  target_compile_options(lorenzctl_unoptimised PRIVATE -O0)
  target_compile_definitions(lorenzctl_unoptimised PRIVATE LORENZ_VERSION="${PROJECT_VERSION}")
  target_include_directories(lorenzctl_unoptimised PRIVATE ${PROJECT_SOURCE_DIR}/lib)
  target_link_libraries(lorenzctl_unoptimised PRIVATE lorenzd_io lorenz_flags PkgConfig::SQLITE PkgConfig::MOSQUITTO PkgConfig::JANSSON)
  add_test(NAME ctl_same_unoptimised COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/system/ctl_same.sh)
  set_tests_properties(ctl_same_unoptimised PROPERTIES
    ENVIRONMENT "LORENZCTL=$<TARGET_FILE:lorenzctl_unoptimised>;PROJECT=${PROJECT_SOURCE_DIR}")
endif()
