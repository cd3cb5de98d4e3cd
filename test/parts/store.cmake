# The store's tests and its bench share a private PostgreSQL cluster and a written-down desk.
add_library(store_desk STATIC support/store_desk.c)
target_link_libraries(store_desk PUBLIC component)
foreach(name test_store test_store_desk test_store_faults test_store_followup)
  target_link_libraries(${name} PRIVATE store_desk)
endforeach()
set_tests_properties(test_store test_store_desk test_store_faults test_store_followup
                     PROPERTIES TIMEOUT 300)
add_executable(bench_store bench/bench_store.c)
target_link_libraries(bench_store PRIVATE store_desk)
