# The program's commands against a PostgreSQL of their own.
if(TARGET deskbell)
  add_test(NAME settings_store
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/support/private-postgres
            python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/settings/settings_store.py
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(settings_store PROPERTIES LABELS database TIMEOUT 400
    ENVIRONMENT "DESKBELL=$<TARGET_FILE:deskbell>")
endif()
