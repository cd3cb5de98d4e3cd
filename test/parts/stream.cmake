# The stream against real servers.
add_executable(stream_echo stream/stream_echo.c)
target_link_libraries(stream_echo PRIVATE component)
