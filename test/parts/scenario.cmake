# Every test/scenario/NN_what.scenario is a story that must happen word for word.
add_executable(run_scenario scenario/run.c scenario/world.c scenario/names.c scenario/print.c
               scenario/script.c scenario/robots.c)
target_link_libraries(run_scenario PRIVATE component)
file(GLOB SCENARIOS CONFIGURE_DEPENDS scenario/*.scenario)
foreach(path ${SCENARIOS})
  get_filename_component(name ${path} NAME_WE)
  add_test(NAME scenario_${name} COMMAND run_scenario ${path})
  set_tests_properties(scenario_${name} PROPERTIES LABELS unit TIMEOUT 60)
endforeach()
