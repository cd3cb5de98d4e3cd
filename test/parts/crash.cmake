# The program with the places where a test ends it (component/crash.h): the files that have such
# places are compiled once more, and stand before the library, so that the linker takes these.
if(TARGET deskbell)
  file(GLOB COMPONENT_FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/component/*.c)
  set(CRASH_SOURCES)
  foreach(source ${COMPONENT_FILES})
    file(STRINGS ${source} found LIMIT_COUNT 1 REGEX "CRASH_(POINT|PART)\\(")
    if(found)
      list(APPEND CRASH_SOURCES ${source})
    endif()
  endforeach()
  add_executable(deskbell_crash ${PROJECT_SOURCE_DIR}/component/main.c support/crash_point.c ${CRASH_SOURCES})
  target_compile_definitions(deskbell_crash PRIVATE DESKBELL_CRASH_POINTS)
  target_link_libraries(deskbell_crash PRIVATE component)
endif()

# Each place once, random kills for half a minute, and what faults cost in memory; the long forms are
# in doc/reliability.md.
if(TARGET deskbell_crash)
  add_test(NAME crash_points COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/crash/points.py ${PROJECT_BINARY_DIR})
  add_test(NAME crash_kills COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/crash/kills.py ${PROJECT_BINARY_DIR}
           --kills 300 --seconds 30)
  add_test(NAME crash_memory COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/crash/memory.py ${PROJECT_BINARY_DIR})
  set_tests_properties(crash_points crash_kills crash_memory PROPERTIES LABELS "crash;database" TIMEOUT 600)
endif()
