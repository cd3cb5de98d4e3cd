# Patrons and operators for load (crowd.h), and what measures with them: test/bench/run.
add_library(crowd STATIC support/link.c support/crowd.c support/desk_process.c)
target_link_libraries(crowd PUBLIC store_desk)

add_executable(crowd_try bench/crowd_try.c)
target_link_libraries(crowd_try PRIVATE crowd)
