# The store's spool, against the same private cluster, and what it costs.
target_link_libraries(test_store_spool PRIVATE store_desk)
set_tests_properties(test_store_spool PROPERTIES TIMEOUT 300)
add_executable(bench_spool bench/bench_spool.c)
target_link_libraries(bench_spool PRIVATE store_desk)
