# End to end: the real daemon between a real server, a real database and real clients.
# The scripted clients are tools, not what is tested: no sanitizers, as libpurple leaks at its exit.
pkg_check_modules(PURPLE IMPORTED_TARGET purple glib-2.0)
pkg_check_modules(STROPHE_CLIENT REQUIRED IMPORTED_TARGET libstrophe)

function(e2e_client name)
  add_executable(${name} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/${name}.c ${CMAKE_CURRENT_SOURCE_DIR}/e2e/line.c)
  target_compile_options(${name} PRIVATE -fno-sanitize=all)
  target_link_options(${name} PRIVATE -fno-sanitize=all)
  target_link_libraries(${name} PRIVATE ${ARGN})
endfunction()

e2e_client(strophe_client PkgConfig::STROPHE_CLIENT)
if(TARGET PkgConfig::PURPLE)
  e2e_client(purple_client PkgConfig::PURPLE)
endif()

# One run a server: the stack is started once and its scenarios share it. They wait most of the time,
# so that other tests run beside them, but not the other server's; and they
# come first, since two minutes of waiting at the end would be nobody's.
if(TARGET deskbell AND TARGET purple_client)
  foreach(server prosody ejabberd)
    add_test(NAME e2e_${server}
      COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/e2e/run --server ${server} --build ${PROJECT_BINARY_DIR})
    set_tests_properties(e2e_${server} PROPERTIES LABELS e2e TIMEOUT 500 PROCESSORS 2
                         RESOURCE_LOCK servers COST 1000)
  endforeach()
  add_test(NAME e2e_run_local
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/e2e/run_local.py ${PROJECT_BINARY_DIR})
  set_tests_properties(e2e_run_local PROPERTIES LABELS e2e TIMEOUT 180 RUN_SERIAL ON)
endif()
