# Libraries are kept apart by the database itself: its catalog, its roles, its permits.
if(TARGET deskbell)
  foreach(what catalog twins closed upgrade)
    add_test(NAME tenancy_${what}
      COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/support/private-postgres
              python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/tenancy/${what}.py
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(tenancy_${what} PROPERTIES LABELS database TIMEOUT 300
      ENVIRONMENT "DESKBELL=$<TARGET_FILE:deskbell>")
  endforeach()
endif()
add_executable(test_permit tenancy/test_permit.c)
target_link_libraries(test_permit PRIVATE store_desk PkgConfig::CHECK)
add_test(NAME test_permit COMMAND test_permit WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(test_permit PROPERTIES LABELS database TIMEOUT 300)
