# A scripted day of eight hours; doc/day has what everybody saw.
add_executable(day day/day.c day/report.c)
target_link_libraries(day PRIVATE scenario_world)
add_test(NAME day COMMAND day doc/day WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(day PROPERTIES LABELS unit TIMEOUT 120)
