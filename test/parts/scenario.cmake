# Every test/scenario/NN_what.scenario is a story that must happen word for word.
# The world they happen in also carries the simulation and the scripted day.
add_library(scenario_world STATIC scenario/world.c scenario/names.c scenario/print.c
            scenario/admins.c
            scenario/checker.c scenario/checker_books.c scenario/checker_send.c
            scenario/checker_people.c scenario/checker_lines.c scenario/checker_desk.c)
target_link_libraries(scenario_world PUBLIC component)
add_executable(run_scenario scenario/run.c scenario/script.c scenario/robots.c)
target_link_libraries(run_scenario PRIVATE scenario_world)
# complaints/ plays what goes wrong at other desks.
file(GLOB SCENARIOS CONFIGURE_DEPENDS scenario/*.scenario scenario/complaints/*.scenario)
foreach(path ${SCENARIOS})
  get_filename_component(name ${path} NAME_WE)
  add_test(NAME scenario_${name} COMMAND run_scenario ${path})
  set_tests_properties(scenario_${name} PROPERTIES LABELS unit TIMEOUT 60)
endforeach()
