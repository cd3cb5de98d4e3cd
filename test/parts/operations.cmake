# The commands of doc/operations.md: backup, restore on another cluster, rollback.
if(TARGET deskbell)
  add_test(NAME operations
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/support/private-postgres
            python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/operations/operations.py
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(operations PROPERTIES LABELS database TIMEOUT 300
    ENVIRONMENT "DESKBELL=$<TARGET_FILE:deskbell>")
endif()
add_test(NAME pages COMMAND python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/operations/pages.py)
set_tests_properties(pages PROPERTIES LABELS unit TIMEOUT 60)
