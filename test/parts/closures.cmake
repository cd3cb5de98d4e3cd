# `deskbell import-closures` against a PostgreSQL of its own.
if(TARGET deskbell)
  add_test(NAME settings_closures
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/support/private-postgres
            python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/settings/closures.py
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(settings_closures PROPERTIES LABELS database TIMEOUT 400
    ENVIRONMENT "DESKBELL=$<TARGET_FILE:deskbell>")
endif()
