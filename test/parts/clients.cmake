# Debian's Pidgin and Gajim themselves, on a screen without a monitor: see doc/clients.md. They share
# the two cores with their servers, so nothing runs beside them. Left out where they are not installed.
find_program(PIDGIN pidgin)
find_program(GAJIM gajim)
find_program(XVFB Xvfb)
if(TARGET deskbell AND PIDGIN AND GAJIM AND XVFB)
  add_test(NAME clients
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/clients/run --build ${PROJECT_BINARY_DIR})
  set_tests_properties(clients PROPERTIES LABELS clients TIMEOUT 600 RUN_SERIAL ON)
endif()
