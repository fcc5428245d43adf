# sentinel_add_plugin(<name> SOURCES <file>... [LINK <target>...])
#
# Builds the shared library sentinel_<name>.so that Sentinel loads, <name> being `<use>_<kind>`: counter_source is what a pipeline
# file names by `source: { use: counter }`. C++20, hidden symbols, nothing left undefined. The same function builds the plugins
# that ship with Sentinel and everybody else's. The target is plugin_<name>.
#
# SENTINEL_PLUGIN_DIR, if set, is the folder to build into; SENTINEL_INSTALL, if true, installs into lib/sentinel/plugins.
function(sentinel_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "sentinel_add_plugin(${name}): SOURCES is missing")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "sentinel_add_plugin(${name}): unknown argument ${arg_UNPARSED_ARGUMENTS}; it takes SOURCES and LINK")
  endif()
  if(NOT name MATCHES "^[a-z][a-z0-9_]*_(source|transform|sink)$")
    message(FATAL_ERROR "sentinel_add_plugin(${name}): the name must be <use>_source, <use>_transform or <use>_sink in a-z, 0-9 and _")
  endif()
  set(target plugin_${name})
  add_library(${target} MODULE ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE sentinel::sdk ${arg_LINK})
  set_target_properties(${target} PROPERTIES
    PREFIX "" SUFFIX ".so" OUTPUT_NAME sentinel_${name}
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize" AND NOT SENTINEL_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
  if(SENTINEL_PLUGIN_DIR)
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${SENTINEL_PLUGIN_DIR})
  endif()
  if(SENTINEL_INSTALL)
    install(TARGETS ${target} LIBRARY DESTINATION lib/sentinel/plugins)
  endif()
endfunction()
