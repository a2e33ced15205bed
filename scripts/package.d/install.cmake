# Two packages come out of one tree: each install() rule belongs to the component `lorenzd` or, below lib/, to `dev`.
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME lorenzd)

# lorenz_install_configured(TEMPLATE NAME DESTINATION): a file that names installed paths. It is filled in at install time,
# because only then is the prefix known (cmake --install --prefix).
function(lorenz_install_configured template name destination)
  set(script ${CMAKE_CURRENT_BINARY_DIR}/install-${name}.cmake)
  configure_file(${PROJECT_SOURCE_DIR}/scripts/package.d/install-configured.cmake.in ${script} @ONLY)
  install(SCRIPT ${script})
endfunction()
