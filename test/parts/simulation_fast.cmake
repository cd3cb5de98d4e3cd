# The simulations that count in millions play a product of their own: the same sources, as fast as
# they are installed, with UBSan and without ASan. What ASan would find here (the core's memory) the
# short plays of simulation.cmake and all other tests look for; it makes these ten times slower.
file(GLOB fast_sources CONFIGURE_DEPENDS
     ${PROJECT_SOURCE_DIR}/policy/*.c ${PROJECT_SOURCE_DIR}/routing/*.c)
foreach(name settings_read settings_read_hours settings_read_profile settings_value settings_check
        settings_file settings_merge consortium_copy zone tzif tzrule error account utf8 letters)
  list(APPEND fast_sources ${PROJECT_SOURCE_DIR}/component/${name}.c)
endforeach()
set(fast_options -O2 -g1 -fno-sanitize=all -fsanitize=undefined -fno-sanitize-recover=all)
set(fast_link -fno-sanitize=all -fsanitize=undefined)
add_library(fast_routing STATIC ${fast_sources})
target_compile_options(fast_routing PUBLIC ${fast_options})
target_link_options(fast_routing PUBLIC ${fast_link})
target_link_libraries(fast_routing PUBLIC PkgConfig::CONFIG PkgConfig::STROPHE PkgConfig::PQ m)
add_executable(sim_routing_fast simulation/sim_routing.c scenario/world.c scenario/names.c
               scenario/print.c scenario/checker.c scenario/checker_books.c scenario/checker_send.c
               scenario/checker_people.c scenario/checker_lines.c scenario/checker_desk.c)
target_link_libraries(sim_routing_fast PRIVATE fast_routing)
# Routing, driver, store and spool against a simulated world: test/simulation/desk.
set(desk_sources)
foreach(name array bytes crc32c driver driver_effect driver_lease driver_signal driver_spool
        driver_store database_dial iq lease quarantine record_bytes spool
        spool_folder spool_frame stanza_in
        stanza_iq stanza_out stanza_refuse store store_batch store_desk store_lease store_restore
        store_session store_sieve store_spool store_statements token turn xml_out)
  list(APPEND desk_sources ${PROJECT_SOURCE_DIR}/component/${name}.c)
endforeach()
file(GLOB desk_world CONFIGURE_DEPENDS simulation/desk/*.c)
add_executable(sim_desk ${desk_sources} ${desk_world})
target_link_libraries(sim_desk PRIVATE fast_routing)
target_compile_options(sim_desk PRIVATE
  -include ${CMAKE_CURRENT_SOURCE_DIR}/simulation/desk/disk_calls.h)
# Both counts of nodes have their own depths: spool and sieve with one, lease and epochs with two.
# More: sim_desk --seed fresh --episodes 20000 [--nodes 2]; planted bugs: simulation/mutants.py.
if(NOT DESKBELL_FUZZ AND NOT DESKBELL_COVERAGE AND NOT DESKBELL_SANITIZE_THREAD)
  add_test(NAME simulation_desk COMMAND sim_desk --seed 1 --episodes 900)
  add_test(NAME simulation_desk_fresh COMMAND sim_desk --seed fresh --episodes 300)
  add_test(NAME simulation_desk_pair COMMAND sim_desk --seed 1 --episodes 600 --nodes 2)
  add_test(NAME simulation_desk_pair_fresh COMMAND sim_desk --seed fresh --episodes 200 --nodes 2)
  set_tests_properties(simulation_desk simulation_desk_fresh simulation_desk_pair
                       simulation_desk_pair_fresh
                       PROPERTIES LABELS unit TIMEOUT 300 WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endif()
