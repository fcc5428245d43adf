# sentinel_add_plugin(<name> SOURCES <file>... [LINK <target>...])
#
# Builds the shared library sentinel_<name>.so that Sentinel loads: C++20, hidden symbols, nothing left undefined. The same
# function builds the plugins that ship with Sentinel and everybody else's.
function(sentinel_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "sentinel_add_plugin(${name}): SOURCES is missing")
  endif()
  set(target plugin_${name})
  add_library(${target} MODULE ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE sentinel::sdk ${arg_LINK})
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME sentinel_${name}
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize" AND NOT SENTINEL_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
  if(SENTINEL_PLUGIN_DIR)
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${SENTINEL_PLUGIN_DIR})
  endif()
endfunction()
