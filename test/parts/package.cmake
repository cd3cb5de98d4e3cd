# The Debian package on a bare system, and the manual pages.
if(TARGET deskbell)
  add_test(NAME package_manual
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/package/manual.py $<TARGET_FILE:deskbell>)
  set_tests_properties(package_manual PROPERTIES LABELS unit TIMEOUT 120)
  add_test(NAME package COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/package/run ${PROJECT_SOURCE_DIR}/build/package)
  set_tests_properties(package PROPERTIES LABELS "e2e;package" TIMEOUT 900)
endif()
