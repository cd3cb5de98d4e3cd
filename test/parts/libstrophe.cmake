# Reproducers of the defects that doc/libstrophe.md reports. They use the library alone, and not the
# sanitizers: these would report the crashes first, and change the costs.
foreach(defect null_sm_state quadratic_children quadratic_text quadratic_attributes
               lost_prefixes queue_length select_limit)
  add_executable(libstrophe_${defect} libstrophe/${defect}.c)
  target_link_libraries(libstrophe_${defect} PRIVATE PkgConfig::STROPHE)
  if(DESKBELL_SANITIZE)
    target_compile_options(libstrophe_${defect} PRIVATE -fno-sanitize=all)
    target_link_options(libstrophe_${defect} PRIVATE -fno-sanitize=all)
  endif()
  add_test(NAME libstrophe_${defect} COMMAND libstrophe_${defect})
  set_tests_properties(libstrophe_${defect} PROPERTIES LABELS libstrophe TIMEOUT 60)
endforeach()
