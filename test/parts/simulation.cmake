# Fixed seeds, so that a commit is judged by the same days as the one before. Fresh ones are for who
# looks for faults: `sim_routing --seed $(date +%s) --episodes 1000` still finds one now and then
# where desks are renamed and removed several times while chats run.
add_executable(sim_routing simulation/sim_routing.c)
target_link_libraries(sim_routing PRIVATE scenario_world)
add_test(NAME simulation_fixed COMMAND sim_routing --seed 1 --episodes 60
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
add_test(NAME simulation_more COMMAND sim_routing --seed 700001 --episodes 60
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
add_test(NAME simulation_growth COMMAND sim_routing --growth 40
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(simulation_growth PROPERTIES LABELS unit TIMEOUT 60)
set_tests_properties(simulation_fixed simulation_more PROPERTIES LABELS unit TIMEOUT 300)
