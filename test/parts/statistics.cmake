# Statistics are counted in a private PostgreSQL cluster, as the store's tests have it.
add_library(statistics_desk STATIC support/statistics_desk.c)
target_link_libraries(statistics_desk PUBLIC store_desk)
foreach(name test_statistics test_statistics_random test_statistics_growth)
  if(TARGET ${name})
    target_link_libraries(${name} PRIVATE statistics_desk)
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
  endif()
endforeach()
