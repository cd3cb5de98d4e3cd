# The patron's page in a real browser: see test/browser/README.md. Left out where there is no node.
find_program(NODE node)
find_program(NPM npm)
if(NODE AND NPM)
  set(browser ${CMAKE_CURRENT_SOURCE_DIR}/browser)
  add_test(NAME browser_install COMMAND ${browser}/install)
  add_test(NAME browser_unit COMMAND ${NODE} --test ${browser}/unit.test.mjs)
  set(browser_tests browser_unit)
  # One browser at a time, and beside it what waits more than it works. One stack a file; windows.test.mjs goes by BOSH, so that everything is done by both transports.
  foreach(name widget snippet windows nginx)
    add_test(NAME browser_${name} COMMAND ${NODE} --test --test-reporter=spec ${browser}/${name}.test.mjs)
    set_tests_properties(browser_${name} PROPERTIES PROCESSORS 2 RESOURCE_LOCK browser)
    list(APPEND browser_tests browser_${name})
  endforeach()
  set_tests_properties(browser_windows PROPERTIES ENVIRONMENT TRANSPORT=bosh)
  # The operators' and the administrators' page with a whole desk; by hand also with TRANSPORT=bosh.
  if(TARGET deskbell)
    foreach(name operators dashboard)
      add_test(NAME browser_${name} COMMAND ${NODE} --test --test-reporter=spec ${browser}/${name}.test.mjs)
      set_tests_properties(browser_${name} PROPERTIES PROCESSORS 2 RESOURCE_LOCK browser
                           ENVIRONMENT BUILD=${PROJECT_BINARY_DIR})
      list(APPEND browser_tests browser_${name})
    endforeach()
  endif()
  set_tests_properties(browser_install PROPERTIES LABELS browser TIMEOUT 300
    FIXTURES_SETUP browser_modules)
  set_tests_properties(${browser_tests} PROPERTIES LABELS browser TIMEOUT 600
    FIXTURES_REQUIRED browser_modules)
endif()
