# `deskbell explain` against an independent calculation. More: property.py DESKBELL --years 20000
find_package(Python3 COMPONENTS Interpreter REQUIRED)
if(TARGET deskbell)
  add_test(NAME policy_property
    COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/test/policy/property.py
            $<TARGET_FILE:deskbell> --years 1000)
  set_tests_properties(policy_property PROPERTIES LABELS unit TIMEOUT 300 PROCESSORS 2)
endif()
