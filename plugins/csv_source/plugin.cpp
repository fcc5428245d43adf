// The plugin that offers `use: csv`.
#include "csv_source/csv_source.hpp"

SENTINEL_PLUGIN("csv_source", SENTINEL_VERSION,
                sentinel::source<sentinel::csv_source::CsvSource>("csv", "Reads a CSV file; all values are text."))
