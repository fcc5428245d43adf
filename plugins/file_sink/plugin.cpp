// The plugin that offers `use: file`.
#include "file_sink/file_sink.hpp"

SENTINEL_PLUGIN(
    "file_sink", SENTINEL_VERSION,
    sentinel::sink<sentinel::file_sink::FileSink>("file", "Writes each run as one complete file, CSV or JSON lines."))
