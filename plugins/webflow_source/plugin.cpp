// The plugin that offers `use: webflow`.
#include "webflow_source/webflow_source.hpp"

SENTINEL_PLUGIN("webflow_source", SENTINEL_VERSION,
                sentinel::source<sentinel::webflow_source::WebflowSource>(
                    "webflow", "Reads the items of one collection of a Webflow site, over the Data API v2."))
