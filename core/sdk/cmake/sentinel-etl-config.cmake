# find_package(sentinel-etl REQUIRED): the target sentinel::sdk and the function sentinel_add_plugin.
include(${CMAKE_CURRENT_LIST_DIR}/sentinel-etl-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/SentinelPlugin.cmake)

set(sentinel-etl_sdk_FOUND TRUE)
foreach(component IN LISTS sentinel-etl_FIND_COMPONENTS)
  if(sentinel-etl_FIND_REQUIRED_${component} AND NOT sentinel-etl_${component}_FOUND)
    set(sentinel-etl_FOUND FALSE)
    set(sentinel-etl_NOT_FOUND_MESSAGE "sentinel-etl has no component \"${component}\"; it has sdk")
  endif()
endforeach()
