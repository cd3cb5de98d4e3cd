# What is installed, by `cmake --install` or as a Debian package by `cpack`.
include(GNUInstallDirs)

install(TARGETS deskbell RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES etc/systemd/deskbell.service DESTINATION lib/systemd/system)
install(FILES etc/bash-completion.sh RENAME deskbell
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES README.md SECURITY.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES etc/mobius.conf DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(DIRECTORY etc/prosody etc/ejabberd etc/nginx DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(DIRECTORY widget/dist/ DESTINATION ${CMAKE_INSTALL_DATADIR}/deskbell/widget OPTIONAL)
# Where the program looks for it, whatever the prefix; never over the administrator's own.
install(CODE "
  if(NOT EXISTS \"\$ENV{DESTDIR}/etc/deskbell/deskbell.conf\")
    file(INSTALL \"${PROJECT_SOURCE_DIR}/etc/deskbell.conf\" DESTINATION /etc/deskbell
         PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
  endif()")

# Manual pages from doc/man, where scdoc (Debian: scdoc) is there to make them.
find_program(SCDOC scdoc)
find_program(GZIP gzip)
if(SCDOC AND GZIP)
  file(GLOB MAN_SOURCES CONFIGURE_DEPENDS doc/man/*.scd)
  foreach(source ${MAN_SOURCES})
    get_filename_component(page ${source} NAME_WLE) # deskbell.1
    string(REGEX REPLACE ".*\\." "" section ${page})
    set(made ${PROJECT_BINARY_DIR}/man/${page}.gz)
    add_custom_command(OUTPUT ${made}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/man
      COMMAND sh -c "${SCDOC} <${source} | ${GZIP} -9n >${made}"
      DEPENDS ${source} VERBATIM)
    list(APPEND MAN_PAGES ${made})
    install(FILES ${made} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
  endforeach()
  add_custom_target(man ALL DEPENDS ${MAN_PAGES})
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "Deskbell <root@localhost>")
set(CPACK_SET_DESTDIR ON) # /etc is outside of the prefix
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "chat desk of a library consortium, for any XMPP server
 Patrons ask from a web page, librarians answer in the XMPP client that they have, and the desk finds
 who is on duty: own library, partners, after-hours backup. Attaches to Prosody or ejabberd as a
 component (XEP-0114); transcripts and settings are in PostgreSQL.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, tzdata, util-linux")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "postgresql, prosody | ejabberd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/etc/debian/postinst ${PROJECT_SOURCE_DIR}/etc/debian/prerm
    ${PROJECT_SOURCE_DIR}/etc/debian/postrm ${PROJECT_SOURCE_DIR}/etc/debian/conffiles)
include(CPack)
