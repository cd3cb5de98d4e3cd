# Edits against a private PostgreSQL cluster.
target_link_libraries(test_edit_store PRIVATE store_desk)
set_tests_properties(test_edit test_edit_forms test_edit_store PROPERTIES TIMEOUT 300)
