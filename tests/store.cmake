add_library(store_fixture STATIC store_fixture.c)
target_include_directories(store_fixture PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(store_fixture PUBLIC lorenzd_io PkgConfig::SQLITE PRIVATE PkgConfig::CMOCKA lorenz_flags)

# a disk that fails, inside the program
add_library(fault_vfs STATIC fault_vfs.c fault_disk_image.c)
target_include_directories(fault_vfs PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(fault_vfs PRIVATE PkgConfig::SQLITE PkgConfig::CMOCKA lorenz_flags)

lorenz_test(record SOURCES unit/test_record.c LIBS lorenzd_core)
lorenz_test(store SOURCES unit/test_store.c LIBS store_fixture)
lorenz_test(store_file SOURCES unit/test_store_file.c LIBS store_fixture)
lorenz_test(store_hourly SOURCES unit/test_store_hourly.c LIBS store_fixture)
lorenz_test(store_damage SOURCES unit/test_store_damage.c LIBS store_fixture)
lorenz_test(power_loss SOURCES unit/test_power_loss.c LIBS store_fixture fault_vfs)
lorenz_test(store_faults SOURCES unit/test_store_faults.c LIBS store_fixture fault_vfs)

# the project's migrations and one more, in place of those in the library
file(GLOB migrations CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/schema/[0-9]*_*.sql)
list(LENGTH migrations next)
math(EXPR next "10001 + ${next}")
string(SUBSTRING ${next} 1 4 next)
set(next_dir ${CMAKE_CURRENT_BINARY_DIR}/schema_next)
file(GLOB former ${next_dir}/*.sql)
if(former)
  file(REMOVE ${former})
endif()
foreach(file IN LISTS migrations)
  get_filename_component(name ${file} NAME)
  configure_file(${file} ${next_dir}/${name} COPYONLY)
endforeach()
configure_file(data/schema/next.sql ${next_dir}/${next}_next.sql COPYONLY)
add_custom_command(OUTPUT ${next_dir}/schema.c
  COMMAND ${CMAKE_COMMAND} -DSCHEMA_DIR=${next_dir} -DOUT=${next_dir}/schema.c -P ${PROJECT_SOURCE_DIR}/schema/embed.cmake
  DEPENDS ${migrations} data/schema/next.sql ${PROJECT_SOURCE_DIR}/schema/embed.cmake
  COMMENT "Embedding a migration of the tests" VERBATIM)
lorenz_test(store_migrate SOURCES unit/test_store_migrate.c ${next_dir}/schema.c LIBS store_fixture fault_vfs)

lorenz_test(store_answer SOURCES unit/test_store_answer.c LIBS store_fixture)
lorenz_test(writer SOURCES unit/test_writer.c LIBS store_fixture)
lorenz_test(writer_faults SOURCES unit/test_writer_faults.c LIBS store_fixture fault_vfs)
target_link_options(test_writer_faults PRIVATE -Wl,--wrap=mmap)
