# CPack: package lorenzd of what runs, liblorenz-dev of what is built against.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lorenz)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # else it precedes that of each package
set(CPACK_PACKAGE_CONTACT "the lorenz authors <lorenz@lorenz.invalid>" CACHE STRING "Maintainer in the Debian packages")
set(CPACK_COMPONENTS_ALL lorenzd dev)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/debian-tree.cmake)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SOURCE lorenz)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_LORENZD_PACKAGE_NAME lorenzd)
set(CPACK_DEBIAN_LORENZD_PACKAGE_SECTION net)
set(CPACK_DEBIAN_LORENZD_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_LORENZD_PACKAGE_DEPENDS systemd)
set(CPACK_DEBIAN_LORENZD_PACKAGE_RECOMMENDS tzdata)
set(CPACK_DEBIAN_LORENZD_PACKAGE_SUGGESTS "mosquitto, sqlite3")
foreach(script postinst prerm postrm conffiles)
  list(APPEND CPACK_DEBIAN_LORENZD_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/debian/${script})
endforeach()
set(CPACK_DEBIAN_LORENZD_DESCRIPTION "live operating points of industrial heat pumps
lorenzd takes process temperatures, prices and the carbon intensity of the grid
over MQTT, recomputes on every update at which sink outlet temperature a heat
pump that shares its heat demand with a boiler earns most, logs to SQLite and
publishes setpoints for SCADA.
.
lorenzctl asks the same questions offline, and reads what the service stored.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME liblorenz-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_DESCRIPTION "optimal operating points of heat pumps - development files
liblorenz computes the optimal and the break-even operating points of a heat
pump that shares a heat demand with a boiler, by cost and by carbon. It is pure
C without input and output.
.
This package has the static library, its header, a pkg-config file and a CMake
package.")
include(CPack)
