include(${CMAKE_CURRENT_LIST_DIR}/lorenzTargets.cmake)
