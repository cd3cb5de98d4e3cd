# Patrons and operators for load (crowd.h), and what measures with them: test/bench/run.
add_library(crowd STATIC support/link.c support/crowd.c support/desk_process.c)
target_link_libraries(crowd PUBLIC store_desk)




add_executable(echo_raw bench/echo_raw.c)
target_link_libraries(echo_raw PRIVATE PkgConfig::EXPAT)
add_executable(echo_strophe bench/echo_strophe.c)
target_link_libraries(echo_strophe PRIVATE component)
# The desk with another store: the linker takes the first definition and leaves out the library's.
add_executable(desk_none ../component/main.c bench/store_none.c)
target_link_libraries(desk_none PRIVATE component)
add_executable(bench_relay bench/bench_relay.c bench/bench_case.c)
target_compile_definitions(bench_relay
  PRIVATE DESKBELL_BENCH_PEERS="${CMAKE_CURRENT_SOURCE_DIR}/bench/peers")
target_link_libraries(bench_relay PRIVATE crowd)
add_executable(crowd_try bench/crowd_try.c)
target_link_libraries(crowd_try PRIVATE crowd)
add_executable(bench_cost bench/bench_cost.c bench/bench_case.c)
target_compile_definitions(bench_cost
  PRIVATE DESKBELL_BENCH_PEERS="${CMAKE_CURRENT_SOURCE_DIR}/bench/peers")
target_link_libraries(bench_cost PRIVATE crowd)
