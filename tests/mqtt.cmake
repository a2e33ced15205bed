add_library(test_mqtt_tools STATIC broker.c mqtt_probe.c)
target_include_directories(test_mqtt_tools PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(test_mqtt_tools PUBLIC lorenzd_io PkgConfig::EVENT PkgConfig::CMOCKA PRIVATE lorenz_flags)

lorenz_test(rim SOURCES unit/test_rim.c LIBS lorenzd_io)
lorenz_test(mqtt SOURCES system/test_mqtt.c LIBS test_mqtt_tools LABELS system)
lorenz_test(mqtt_faults SOURCES system/test_mqtt_faults.c LIBS test_mqtt_tools LABELS system)
lorenz_test(mqtt_tls SOURCES system/test_mqtt_tls.c LIBS test_mqtt_tools LABELS system)

add_test(NAME unit_verify COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/unit_verify.sh ${PROJECT_SOURCE_DIR}/systemd/lorenzd.service.in)
set_tests_properties(unit_verify PROPERTIES SKIP_RETURN_CODE 77)
