# What test/hostile/README.md names and no other file does.
add_executable(bench_stanza bench/bench_stanza.c)
target_link_libraries(bench_stanza PRIVATE component)

if(TARGET deskbell)
  add_test(NAME hostile_unit
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/hostile/unit $<TARGET_FILE:deskbell>)
  set_tests_properties(hostile_unit PROPERTIES LABELS "unit;database" PROCESSORS 2 TIMEOUT 120 SKIP_RETURN_CODE 77)
  add_test(NAME hostile_hardened
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/hostile/hardened $<TARGET_FILE:deskbell>)
  set_tests_properties(hostile_hardened PROPERTIES LABELS unit TIMEOUT 60)
endif()
