# Benchmarks: built, never run as tests. scripts/bench runs them all.
add_executable(bench_lib bench/bench_lib.c)
target_link_libraries(bench_lib PRIVATE lorenz lorenz_flags)
add_executable(bench_echo bench/echo.c)
target_link_libraries(bench_echo PRIVATE PkgConfig::MOSQUITTO PkgConfig::EVENT lorenz_flags)
add_executable(bench_load bench/load.c)
target_link_libraries(bench_load PRIVATE PkgConfig::MOSQUITTO lorenz_flags)
add_executable(bench_engine bench/bench_engine.c)
target_link_libraries(bench_engine PRIVATE lorenzd_io lorenz_flags)
