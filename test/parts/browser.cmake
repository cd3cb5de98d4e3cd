# The patron's page in a real browser: see test/browser/README.md. Left out where there is no node.
find_program(NODE node)
find_program(NPM npm)
if(NODE AND NPM)
  set(browser ${CMAKE_CURRENT_SOURCE_DIR}/browser)
  add_test(NAME browser_install COMMAND ${browser}/install)
  add_test(NAME browser_unit COMMAND ${NODE} --test ${browser}/unit.test.mjs)
  add_test(NAME browser_widget COMMAND ${NODE} --test --test-reporter=spec ${browser}/widget.test.mjs)
  set_tests_properties(browser_install PROPERTIES LABELS browser TIMEOUT 300
    FIXTURES_SETUP browser_modules)
  set_tests_properties(browser_unit browser_widget PROPERTIES LABELS browser TIMEOUT 600
    FIXTURES_REQUIRED browser_modules)
  set_tests_properties(browser_widget PROPERTIES RUN_SERIAL TRUE)
endif()
