# Fixed seeds, so that a commit is judged by the same days as the one before, and a fresh one, which
# is printed where it finds something. Who looks for faults plays thousands:
# `sim_routing --seed fresh --episodes 1000`.
add_executable(sim_routing simulation/sim_routing.c)
target_link_libraries(sim_routing PRIVATE scenario_world)
add_test(NAME simulation_fixed COMMAND sim_routing --seed 1 --episodes 60
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
add_test(NAME simulation_more COMMAND sim_routing --seed 700001 --episodes 60
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
add_test(NAME simulation_fresh COMMAND sim_routing --seed fresh --episodes 60
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
add_test(NAME simulation_growth COMMAND sim_routing --growth 40
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(simulation_growth PROPERTIES LABELS unit TIMEOUT 60)
set_tests_properties(simulation_fixed simulation_more simulation_fresh
                     PROPERTIES LABELS unit TIMEOUT 300)
# Each planted bug of test/mutants still fits the source. That each is found is a run by hand: it
# builds the tree once more and some of it for each, which a commit has no time for, not even for two.
add_test(NAME mutants_fit COMMAND ${PROJECT_SOURCE_DIR}/test/mutants/run --check)
set_tests_properties(mutants_fit PROPERTIES LABELS unit TIMEOUT 60)
# That libraries without shared coverage do not influence each other.
add_executable(sim_tenants simulation/sim_tenants.c)
target_link_libraries(sim_tenants PRIVATE scenario_world)
add_test(NAME tenants_fixed COMMAND sim_tenants --seed 1 --days 20)
add_test(NAME tenants_fresh COMMAND sim_tenants --seed fresh --days 20)
set_tests_properties(tenants_fixed tenants_fresh PROPERTIES LABELS unit TIMEOUT 300)
