# The fuzzers that play at the scenarios' desk.
foreach(what words events)
  foreach(program fuzz_${what} replay_${what})
    if(TARGET ${program})
      target_sources(${program} PRIVATE fuzz/play.c)
      target_compile_definitions(${program}
        PRIVATE SCENARIO_FOLDER="${CMAKE_CURRENT_SOURCE_DIR}/scenario")
      target_link_libraries(${program} PRIVATE scenario_world)
    endif()
  endforeach()
endforeach()
