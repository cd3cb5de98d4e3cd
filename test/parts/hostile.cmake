# What test/hostile/README.md names and no other file does.
add_executable(bench_stanza bench/bench_stanza.c)
target_link_libraries(bench_stanza PRIVATE component)
