# lorenzctl: its parts as units, and the real program on real files, databases and a real broker.
set(CTL ${PROJECT_SOURCE_DIR}/daemon/ctl)
lorenz_test(ctl_csv SOURCES unit/test_ctl_csv.c ${CTL}/csv.c ${CTL}/table.c ${CTL}/table_people.c LIBS lorenzd_core)
lorenz_test(ctl_table SOURCES unit/test_ctl_table.c ${CTL}/table.c ${CTL}/table_people.c LIBS lorenzd_core)
lorenz_test(ctl_options SOURCES unit/test_ctl_options.c ${CTL}/options.c LIBS lorenzd_core)
lorenz_test(ctl_secret SOURCES unit/test_ctl_secret.c LIBS lorenzd_io)

# A script that exits with 77 has said why it is skipped.
foreach(name solve check replay dk1 history status)
  add_test(NAME ctl_${name} COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/system/ctl_${name}.sh)
  set_tests_properties(ctl_${name} PROPERTIES SKIP_RETURN_CODE 77
    ENVIRONMENT "LORENZCTL=$<TARGET_FILE:lorenzctl>")
endforeach()
