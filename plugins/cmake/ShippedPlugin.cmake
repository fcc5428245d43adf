# sentinel_add_part(<name> [SOURCES <file>...] [LINK <target>...] [TESTS <file>...] [SERVER_TESTS <file>...] [SERVER_FILTER <pattern>])
#
# The static library <name>_parts, which others include as "<folder>/<file>.hpp" from plugins/, and its tests: <name>_test (label unit) and
# <name>_servers_test (label integration: needs the servers that tests/run.sh starts). SERVER_FILTER names the tests of TESTS that need
# servers, as --gtest_filter does. Tests know the source tree as SENTINEL_SOURCE_DIR.
function(sentinel_add_part name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SERVER_FILTER" "SOURCES;LINK;TESTS;SERVER_TESTS")
  if(arg_SOURCES)
    add_library(${name}_parts STATIC ${arg_SOURCES})
    target_link_libraries(${name}_parts PRIVATE sentinel_warnings)
    set(scope PUBLIC)
  else()
    add_library(${name}_parts INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${name}_parts ${scope} ${PROJECT_SOURCE_DIR}/plugins)
  target_link_libraries(${name}_parts ${scope} sentinel::sdk fmt::fmt ${arg_LINK})
  if(NOT SENTINEL_BUILD_TESTS)
    return()
  endif()
  if(arg_TESTS)
    sentinel_add_part_test(${name} ${name}_test ${arg_TESTS})
    set(filter)
    if(arg_SERVER_FILTER)
      set(filter TEST_FILTER "-${arg_SERVER_FILTER}")
      sentinel_discover_tests(${name}_test TEST_PREFIX ${name}. TEST_LIST ${name}_server_tests TEST_FILTER "${arg_SERVER_FILTER}"
        PROPERTIES LABELS integration DISCOVERY_TIMEOUT 30)
    endif()
    sentinel_discover_tests(${name}_test TEST_PREFIX ${name}. ${filter} PROPERTIES LABELS unit DISCOVERY_TIMEOUT 30)
  endif()
  if(arg_SERVER_TESTS)
    sentinel_add_part_test(${name} ${name}_servers_test ${arg_SERVER_TESTS})
    sentinel_discover_tests(${name}_servers_test TEST_PREFIX ${name}. PROPERTIES LABELS integration DISCOVERY_TIMEOUT 30)
  endif()
endfunction()

function(sentinel_add_part_test part target)
  add_executable(${target} ${ARGN})
  target_compile_definitions(${target} PRIVATE SENTINEL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests/sdk)  # transform_probe.hpp
  target_link_libraries(${target} PRIVATE ${part}_parts sentinel_warnings GTest::gtest_main GTest::gmock)
endfunction()

# sentinel_add_shipped_plugin(<name> [SOURCES <file>...] [LINK …] [TESTS …] [SERVER_TESTS …] [SERVER_FILTER …] CONFORMANCE <file>...)
#
# A plugin that Sentinel ships: the part <name> made of SOURCES, and around it the library of plugin.cpp, built as an author's plugin is.
# SENTINEL_VERSION is its version. Each CONFORMANCE file, tests/conformance[_<case>].yaml, holds options with which the plugin passes the
# conformance suite: the test conformance.<name>[.<case>]; a file of that name that ends in .sh prepares it. Building `sentinel_plugins`
# builds all of these plugins.
function(sentinel_add_shipped_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SERVER_FILTER" "SOURCES;LINK;TESTS;SERVER_TESTS;CONFORMANCE")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_CONFORMANCE)
    message(FATAL_ERROR "sentinel_add_shipped_plugin(${name}): takes SOURCES, LINK, TESTS, SERVER_TESTS, SERVER_FILTER and, required, "
      "CONFORMANCE; not: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  sentinel_add_part(${name} SOURCES ${arg_SOURCES} LINK ${arg_LINK}
    TESTS ${arg_TESTS} SERVER_TESTS ${arg_SERVER_TESTS} SERVER_FILTER "${arg_SERVER_FILTER}")
  sentinel_add_plugin(${name} SOURCES plugin.cpp LINK ${name}_parts sentinel_warnings)
  target_compile_definitions(plugin_${name} PRIVATE SENTINEL_VERSION="${PROJECT_VERSION}")
  add_dependencies(sentinel_plugins plugin_${name})
  if(NOT SENTINEL_BUILD_TESTS)
    return()
  endif()
  foreach(file IN LISTS arg_CONFORMANCE)
    if(NOT file MATCHES "^tests/conformance(_([a-z_]+))?\\.yaml$")
      message(FATAL_ERROR "sentinel_add_shipped_plugin(${name}): ${file} is not named tests/conformance[_<case>].yaml")
    endif()
    set(test conformance.${name})
    if(CMAKE_MATCH_2)
      string(APPEND test ".${CMAKE_MATCH_2}")
    endif()
    add_test(NAME ${test} COMMAND ${PROJECT_SOURCE_DIR}/tests/conformance/shipped.sh
      $<TARGET_FILE:sentinel> ${name} ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    set_tests_properties(${test} PROPERTIES LABELS conformance TIMEOUT 300)
  endforeach()
endfunction()
