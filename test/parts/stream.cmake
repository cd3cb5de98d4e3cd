# The stream against real servers.
add_executable(stream_echo stream/stream_echo.c)
target_link_libraries(stream_echo PRIVATE component)
foreach(server prosody ejabberd)
  add_test(NAME stream_${server}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/stream/try_server.py ${server} $<TARGET_FILE:stream_echo>)
  set_tests_properties(stream_${server} PROPERTIES LABELS e2e TIMEOUT 300 SKIP_RETURN_CODE 77)
endforeach()
