add_test(NAME tidy COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/tidy)
add_test(NAME tidy_self COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/tidy --self)
set_tests_properties(tidy tidy_self PROPERTIES LABELS unit TIMEOUT 60)
