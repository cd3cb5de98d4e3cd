# The tests of transcripts share a private cluster with a written-down consortium.
add_library(transcript_desk STATIC support/transcript_desk.c support/reads_desk.c)
target_link_libraries(transcript_desk PUBLIC store_desk)
foreach(name test_transcript test_transcript_export test_transcript_erase test_transcript_tenants
    test_admin_transcripts test_admin_reads test_admin_statistics test_purge)
  target_link_libraries(${name} PRIVATE transcript_desk)
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endforeach()
