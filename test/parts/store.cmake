# The store's tests and its bench share a private PostgreSQL cluster and a written-down desk.
add_library(store_desk STATIC support/store_desk.c support/admin_desk.c)
target_link_libraries(store_desk PUBLIC component PkgConfig::CHECK)
set(store_tests test_store test_store_desk test_store_faults test_store_followup test_store_lease test_clerk
    test_admin test_admin_commands test_admin_settings test_admin_accounts test_admin_help
    test_admin_matrix test_mam test_no_transcripts test_verify)
foreach(name ${store_tests})
  target_link_libraries(${name} PRIVATE store_desk)
endforeach()
set_tests_properties(${store_tests} PROPERTIES TIMEOUT 300)
add_executable(bench_store bench/bench_store.c)
target_link_libraries(bench_store PRIVATE store_desk)
