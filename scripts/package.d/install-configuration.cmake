# The annotated configuration into /etc, where the system's own prefix is installed to and there is none yet: one that was
# edited is never written over.
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND NOT EXISTS "$ENV{DESTDIR}/etc/lorenzd/lorenzd.yaml")
  file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/../../config/lorenzd.yaml" DESTINATION /etc/lorenzd)
endif()
