add_library(world STATIC world.c)
target_include_directories(world PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(world PUBLIC lorenzd_io PRIVATE PkgConfig::CMOCKA lorenz_flags)

lorenz_test(engine SOURCES unit/test_engine.c LIBS world)
lorenz_test(decisions SOURCES unit/test_decisions.c LIBS world)
lorenz_test(decode SOURCES unit/test_decode.c LIBS lorenzd_core)
lorenz_test(containers SOURCES unit/test_containers.c LIBS lorenzd_core)
lorenz_test(payload SOURCES unit/test_payload.c LIBS lorenzd_core)
