lorenz_test(lib SOURCES unit/test_lib.c LIBS lorenz LABELS unit)
lorenz_test(lib_bounds SOURCES unit/test_lib_bounds.c LIBS lorenz LABELS unit)
lorenz_test(lib_edges SOURCES unit/test_lib_edges.c LIBS lorenz LABELS unit)
lorenz_test(lib_refused SOURCES unit/test_lib_refused.c LIBS lorenz LABELS unit)
lorenz_test(lib_golden SOURCES unit/test_lib_golden.c LIBS lorenz LABELS golden)
lorenz_test(lib_properties SOURCES unit/test_lib_properties.c LIBS lorenz LABELS property)

add_executable(bench_lib bench/bench_lib.c)
target_link_libraries(bench_lib PRIVATE lorenz lorenz_flags)
