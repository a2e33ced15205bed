add_library(store_fixture STATIC store_fixture.c)
target_include_directories(store_fixture PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(store_fixture PUBLIC lorenzd_io PkgConfig::SQLITE PRIVATE PkgConfig::CMOCKA lorenz_flags)

lorenz_test(record SOURCES unit/test_record.c LIBS lorenzd_core)
lorenz_test(store SOURCES unit/test_store.c LIBS store_fixture)
lorenz_test(store_file SOURCES unit/test_store_file.c LIBS store_fixture)
lorenz_test(store_hourly SOURCES unit/test_store_hourly.c LIBS store_fixture)
lorenz_test(writer SOURCES unit/test_writer.c LIBS store_fixture)
