// Takes an array of a plugin over the boundary: checked, and in the types that Sentinel carries.
#pragma once

#include <sentinel/batch.hpp>
#include <sentinel/schema.hpp>

namespace sentinel::plugins {

// Checks an array against a schema as far as the structs can show it (counts, lengths, null buffers, falling offsets,
// UTF-8), and converts i s I U Z, float, 8- and 16-bit integer and dictionary columns to the types Sentinel carries.
// `in` is taken. Errors: kInternal by field name.
Result<Batch> normalise(ArrowArray in, const ArrowSchema& declared, const Schema& schema);
// The schema after that conversion.
Result<Schema> normalised_schema(const ArrowSchema& declared);

}  // namespace sentinel::plugins
