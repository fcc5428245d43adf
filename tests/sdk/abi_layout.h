/* The layout of every struct that crosses the boundary, as plugins in the field know it: a change here breaks them.
 * Members are only ever added at the end; such a change adds a line and raises one size. Compiled as C11 and as C++20.
 */
#ifndef SENTINEL_TESTS_ABI_LAYOUT_H
#define SENTINEL_TESTS_ABI_LAYOUT_H

#include <sentinel/abi.h>

#ifdef __cplusplus
#define PIN(what, value) static_assert((what) == (value), #what)
#else
#define PIN(what, value) _Static_assert((what) == (value), #what)
#endif
#define SIZE(type, value) PIN(sizeof(type), value)
#define OFFSET(type, member, value) PIN(offsetof(type, member), value)

PIN(sizeof(void*), 8);
PIN(SENTINEL_ABI_VERSION, 1u);
PIN(SENTINEL_ABI_OLDEST, 1u);

SIZE(struct ArrowSchema, 72);
OFFSET(struct ArrowSchema, format, 0);
OFFSET(struct ArrowSchema, name, 8);
OFFSET(struct ArrowSchema, metadata, 16);
OFFSET(struct ArrowSchema, flags, 24);
OFFSET(struct ArrowSchema, n_children, 32);
OFFSET(struct ArrowSchema, children, 40);
OFFSET(struct ArrowSchema, dictionary, 48);
OFFSET(struct ArrowSchema, release, 56);
OFFSET(struct ArrowSchema, private_data, 64);

SIZE(struct ArrowArray, 80);
OFFSET(struct ArrowArray, length, 0);
OFFSET(struct ArrowArray, null_count, 8);
OFFSET(struct ArrowArray, offset, 16);
OFFSET(struct ArrowArray, n_buffers, 24);
OFFSET(struct ArrowArray, n_children, 32);
OFFSET(struct ArrowArray, buffers, 40);
OFFSET(struct ArrowArray, children, 48);
OFFSET(struct ArrowArray, dictionary, 56);
OFFSET(struct ArrowArray, release, 64);
OFFSET(struct ArrowArray, private_data, 72);

SIZE(sentinel_text, 16);
OFFSET(sentinel_text, data, 0);
OFFSET(sentinel_text, size, 8);

SIZE(sentinel_error, 1280);
OFFSET(sentinel_error, struct_size, 0);
OFFSET(sentinel_error, code, 4);
OFFSET(sentinel_error, retry_after_ms, 8);
OFFSET(sentinel_error, domain, 16);
OFFSET(sentinel_error, native_code, 32);
OFFSET(sentinel_error, option_path, 64);
OFFSET(sentinel_error, message, 256);

SIZE(sentinel_option, 80);
OFFSET(sentinel_option, struct_size, 0);
OFFSET(sentinel_option, type, 4);
OFFSET(sentinel_option, element_type, 8);
OFFSET(sentinel_option, flags, 12);
OFFSET(sentinel_option, name, 16);
OFFSET(sentinel_option, doc, 24);
OFFSET(sentinel_option, default_text, 32);
OFFSET(sentinel_option, choices, 40);
OFFSET(sentinel_option, table, 48);
OFFSET(sentinel_option, minimum, 56);
OFFSET(sentinel_option, maximum, 64);
OFFSET(sentinel_option, former_names, 72);

SIZE(sentinel_option_table, 16);
OFFSET(sentinel_option_table, struct_size, 0);
OFFSET(sentinel_option_table, count, 4);
OFFSET(sentinel_option_table, options, 8);

SIZE(sentinel_value, 64);
OFFSET(sentinel_value, struct_size, 0);
OFFSET(sentinel_value, kind, 4);
OFFSET(sentinel_value, text, 8);
OFFSET(sentinel_value, integer, 24);
OFFSET(sentinel_value, number, 32);
OFFSET(sentinel_value, count, 40);
OFFSET(sentinel_value, keys, 48);
OFFSET(sentinel_value, items, 56);

SIZE(sentinel_log_field, 32);
OFFSET(sentinel_log_field, name, 0);
OFFSET(sentinel_log_field, value, 16);

SIZE(sentinel_host, 72);
OFFSET(sentinel_host, struct_size, 0);
OFFSET(sentinel_host, abi_version, 4);
OFFSET(sentinel_host, context, 8);
OFFSET(sentinel_host, log, 16);
OFFSET(sentinel_host, stop_requested, 24);
OFFSET(sentinel_host, sleep_until, 32);
OFFSET(sentinel_host, now_unix_ms, 40);
OFFSET(sentinel_host, steady_ms, 48);
OFFSET(sentinel_host, random, 56);
OFFSET(sentinel_host, count, 64);

SIZE(sentinel_source_reject, 88);
OFFSET(sentinel_source_reject, struct_size, 0);
OFFSET(sentinel_source_reject, has_amount, 4);
OFFSET(sentinel_source_reject, key, 8);
OFFSET(sentinel_source_reject, position, 24);
OFFSET(sentinel_source_reject, raw, 40);
OFFSET(sentinel_source_reject, error, 56);
OFFSET(sentinel_source_reject, minor, 64);
OFFSET(sentinel_source_reject, currency, 72);

SIZE(sentinel_read_request, 72);
OFFSET(sentinel_read_request, struct_size, 0);
OFFSET(sentinel_read_request, cursor, 8);
OFFSET(sentinel_read_request, max_rows, 24);
OFFSET(sentinel_read_request, max_bytes, 32);
OFFSET(sentinel_read_request, context, 40);
OFFSET(sentinel_read_request, reject, 48);
OFFSET(sentinel_read_request, filter, 56);
OFFSET(sentinel_read_request, depart, 64);

SIZE(sentinel_page, 104);
OFFSET(sentinel_page, struct_size, 0);
OFFSET(sentinel_page, done, 4);
OFFSET(sentinel_page, array, 8);
OFFSET(sentinel_page, next, 88);

SIZE(sentinel_text_list, 24);
OFFSET(sentinel_text_list, struct_size, 0);
OFFSET(sentinel_text_list, reserved, 4);
OFFSET(sentinel_text_list, context, 8);
OFFSET(sentinel_text_list, add, 16);

SIZE(sentinel_found_field, 72);
OFFSET(sentinel_found_field, struct_size, 0);
OFFSET(sentinel_found_field, entity, 8);
OFFSET(sentinel_found_field, field, 24);
OFFSET(sentinel_found_field, type, 40);
OFFSET(sentinel_found_field, sample, 56);

SIZE(sentinel_discovery, 24);
OFFSET(sentinel_discovery, struct_size, 0);
OFFSET(sentinel_discovery, context, 8);
OFFSET(sentinel_discovery, found, 16);

SIZE(sentinel_source_calls, 88);
OFFSET(sentinel_source_calls, struct_size, 0);
OFFSET(sentinel_source_calls, reserved, 4);
OFFSET(sentinel_source_calls, open, 8);
OFFSET(sentinel_source_calls, close, 16);
OFFSET(sentinel_source_calls, schema, 24);
OFFSET(sentinel_source_calls, read, 32);
OFFSET(sentinel_source_calls, check, 40);
OFFSET(sentinel_source_calls, discover, 48);
OFFSET(sentinel_source_calls, count, 56);
OFFSET(sentinel_source_calls, fetch, 64);
OFFSET(sentinel_source_calls, keys, 72);
OFFSET(sentinel_source_calls, cancel, 80);

SIZE(sentinel_row_reject, 48);
OFFSET(sentinel_row_reject, struct_size, 0);
OFFSET(sentinel_row_reject, has_amount, 4);
OFFSET(sentinel_row_reject, row, 8);
OFFSET(sentinel_row_reject, error, 16);
OFFSET(sentinel_row_reject, minor, 24);
OFFSET(sentinel_row_reject, currency, 32);

SIZE(sentinel_apply_request, 48);
OFFSET(sentinel_apply_request, struct_size, 0);
OFFSET(sentinel_apply_request, in, 8);
OFFSET(sentinel_apply_request, context, 16);
OFFSET(sentinel_apply_request, filter, 24);
OFFSET(sentinel_apply_request, reject, 32);
OFFSET(sentinel_apply_request, depart, 40);

SIZE(sentinel_applied, 96);
OFFSET(sentinel_applied, struct_size, 0);
OFFSET(sentinel_applied, reserved, 4);
OFFSET(sentinel_applied, array, 8);
OFFSET(sentinel_applied, origin, 88);

SIZE(sentinel_transform_calls, 40);
OFFSET(sentinel_transform_calls, struct_size, 0);
OFFSET(sentinel_transform_calls, reserved, 4);
OFFSET(sentinel_transform_calls, open, 8);
OFFSET(sentinel_transform_calls, close, 16);
OFFSET(sentinel_transform_calls, bind, 24);
OFFSET(sentinel_transform_calls, apply, 32);

SIZE(sentinel_letter, 88);
OFFSET(sentinel_letter, struct_size, 0);
OFFSET(sentinel_letter, state, 4);
OFFSET(sentinel_letter, letter_id, 8);
OFFSET(sentinel_letter, source_key, 24);
OFFSET(sentinel_letter, record_hash, 40);
OFFSET(sentinel_letter, minor, 56);
OFFSET(sentinel_letter, currency, 72);

SIZE(sentinel_resume_request, 104);
OFFSET(sentinel_resume_request, struct_size, 0);
OFFSET(sentinel_resume_request, purpose, 4);
OFFSET(sentinel_resume_request, pipeline, 8);
OFFSET(sentinel_resume_request, source_id, 24);
OFFSET(sentinel_resume_request, run_id, 40);
OFFSET(sentinel_resume_request, holder, 56);
OFFSET(sentinel_resume_request, holder_place, 72);
OFFSET(sentinel_resume_request, stale_after_ms, 88);
OFFSET(sentinel_resume_request, lanes, 96);
OFFSET(sentinel_resume_request, take_over, 100);

SIZE(sentinel_lane, 40);
OFFSET(sentinel_lane, struct_size, 0);
OFFSET(sentinel_lane, lane, 4);
OFFSET(sentinel_lane, epoch, 8);
OFFSET(sentinel_lane, seq, 16);
OFFSET(sentinel_lane, cursor, 24);

SIZE(sentinel_claim, 48);
OFFSET(sentinel_claim, struct_size, 0);
OFFSET(sentinel_claim, lane, 4);
OFFSET(sentinel_claim, epoch, 8);
OFFSET(sentinel_claim, seq, 16);
OFFSET(sentinel_claim, delivery_id, 24);
OFFSET(sentinel_claim, letter_ids, 40);

SIZE(sentinel_write_request, 56);
OFFSET(sentinel_write_request, struct_size, 0);
OFFSET(sentinel_write_request, batch, 8);
OFFSET(sentinel_write_request, claim, 16);
OFFSET(sentinel_write_request, outcome, 24);
OFFSET(sentinel_write_request, context, 32);
OFFSET(sentinel_write_request, reject, 40);
OFFSET(sentinel_write_request, is_partial, 48);

SIZE(sentinel_money_line, 32);
OFFSET(sentinel_money_line, struct_size, 0);
OFFSET(sentinel_money_line, line_count, 4);
OFFSET(sentinel_money_line, currency, 8);
OFFSET(sentinel_money_line, minor, 24);

SIZE(sentinel_seal, 80);
OFFSET(sentinel_seal, struct_size, 0);
OFFSET(sentinel_seal, letter_count, 4);
OFFSET(sentinel_seal, claim, 8);
OFFSET(sentinel_seal, next_cursor, 16);
OFFSET(sentinel_seal, letters, 32);
OFFSET(sentinel_seal, records, 40);
OFFSET(sentinel_seal, line_count, 48);
OFFSET(sentinel_seal, amount_unknown, 56);
OFFSET(sentinel_seal, money, 64);
OFFSET(sentinel_seal, money_count, 72);

SIZE(sentinel_letters_request, 40);
OFFSET(sentinel_letters_request, struct_size, 0);
OFFSET(sentinel_letters_request, reserved, 4);
OFFSET(sentinel_letters_request, pipeline, 8);
OFFSET(sentinel_letters_request, context, 24);
OFFSET(sentinel_letters_request, letter, 32);

SIZE(sentinel_run_summary, 56);
OFFSET(sentinel_run_summary, struct_size, 0);
OFFSET(sentinel_run_summary, exit_code, 4);
OFFSET(sentinel_run_summary, state, 8);
OFFSET(sentinel_run_summary, reason, 24);
OFFSET(sentinel_run_summary, records, 40);
OFFSET(sentinel_run_summary, line_count, 48);

SIZE(sentinel_sink_calls, 184);
OFFSET(sentinel_sink_calls, struct_size, 0);
OFFSET(sentinel_sink_calls, reserved, 4);
OFFSET(sentinel_sink_calls, open, 8);
OFFSET(sentinel_sink_calls, close, 16);
OFFSET(sentinel_sink_calls, bind, 24);
OFFSET(sentinel_sink_calls, write, 32);
OFFSET(sentinel_sink_calls, check, 40);
OFFSET(sentinel_sink_calls, create, 48);
OFFSET(sentinel_sink_calls, resume, 56);
OFFSET(sentinel_sink_calls, commit, 64);
OFFSET(sentinel_sink_calls, rollback, 72);
OFFSET(sentinel_sink_calls, resolve, 80);
OFFSET(sentinel_sink_calls, letters, 88);
OFFSET(sentinel_sink_calls, heartbeat, 96);
OFFSET(sentinel_sink_calls, finish, 104);
OFFSET(sentinel_sink_calls, read_back, 112);
OFFSET(sentinel_sink_calls, cancel, 120);
OFFSET(sentinel_sink_calls, plan, 128);
OFFSET(sentinel_sink_calls, key_fields, 136);
OFFSET(sentinel_sink_calls, scan, 144);
OFFSET(sentinel_sink_calls, as_stored, 152);
OFFSET(sentinel_sink_calls, totals, 160);
OFFSET(sentinel_sink_calls, depart, 168);
OFFSET(sentinel_sink_calls, lanes, 176);

SIZE(sentinel_lane_state, 80);
OFFSET(sentinel_lane_state, struct_size, 0);
OFFSET(sentinel_lane_state, lane, 4);
OFFSET(sentinel_lane_state, epoch, 8);
OFFSET(sentinel_lane_state, seq, 16);
OFFSET(sentinel_lane_state, source_id, 24);
OFFSET(sentinel_lane_state, cursor, 40);
OFFSET(sentinel_lane_state, holder, 56);
OFFSET(sentinel_lane_state, heartbeat_age_ms, 72);

SIZE(sentinel_lanes_request, 40);
OFFSET(sentinel_lanes_request, struct_size, 0);
OFFSET(sentinel_lanes_request, reserved, 4);
OFFSET(sentinel_lanes_request, pipeline, 8);
OFFSET(sentinel_lanes_request, context, 24);
OFFSET(sentinel_lanes_request, lane, 32);

SIZE(sentinel_depart_request, 32);
OFFSET(sentinel_depart_request, struct_size, 0);
OFFSET(sentinel_depart_request, reserved, 4);
OFFSET(sentinel_depart_request, rows, 8);
OFFSET(sentinel_depart_request, action, 16);
OFFSET(sentinel_depart_request, departed, 24);

SIZE(sentinel_component, 72);
OFFSET(sentinel_component, struct_size, 0);
OFFSET(sentinel_component, kind, 4);
OFFSET(sentinel_component, use, 8);
OFFSET(sentinel_component, doc, 16);
OFFSET(sentinel_component, options, 24);
OFFSET(sentinel_component, cursor_version, 32);
OFFSET(sentinel_component, sink_level, 36);
OFFSET(sentinel_component, source, 40);
OFFSET(sentinel_component, transform, 48);
OFFSET(sentinel_component, sink, 56);
OFFSET(sentinel_component, max_rows, 64);

SIZE(sentinel_plugin, 40);
OFFSET(sentinel_plugin, struct_size, 0);
OFFSET(sentinel_plugin, abi_version, 4);
OFFSET(sentinel_plugin, name, 8);
OFFSET(sentinel_plugin, version, 16);
OFFSET(sentinel_plugin, component_count, 24);
OFFSET(sentinel_plugin, components, 32);

/* Numbers that plugins compiled in. */
PIN(SENTINEL_OK, 0);
PIN(SENTINEL_INVALID_DATA, 1);
PIN(SENTINEL_CONFLICT, 2);
PIN(SENTINEL_TRANSIENT, 3);
PIN(SENTINEL_UNAVAILABLE, 4);
PIN(SENTINEL_THROTTLED, 5);
PIN(SENTINEL_INVALID_CONFIG, 6);
PIN(SENTINEL_REFUSED, 7);
PIN(SENTINEL_STORAGE, 8);
PIN(SENTINEL_UNKNOWN_OUTCOME, 9);
PIN(SENTINEL_SCHEMA_CHANGED, 10);
PIN(SENTINEL_FENCED, 11);
PIN(SENTINEL_CANCELLED, 12);
PIN(SENTINEL_UNSUPPORTED, 13);
PIN(SENTINEL_INTERNAL, 14);

PIN(SENTINEL_TYPE_STRING, 1);
PIN(SENTINEL_TYPE_INTEGER, 2);
PIN(SENTINEL_TYPE_NUMBER, 3);
PIN(SENTINEL_TYPE_BOOLEAN, 4);
PIN(SENTINEL_TYPE_DURATION, 5);
PIN(SENTINEL_TYPE_SIZE, 6);
PIN(SENTINEL_TYPE_ENUM, 7);
PIN(SENTINEL_TYPE_LIST, 8);
PIN(SENTINEL_TYPE_MAP, 9);
PIN(SENTINEL_TYPE_OBJECT, 10);

PIN(SENTINEL_OPTION_REQUIRED, 1);
PIN(SENTINEL_OPTION_SECRET, 2);
PIN(SENTINEL_OPTION_ADVANCED, 4);
PIN(SENTINEL_OPTION_DEPRECATED, 8);
PIN(SENTINEL_OPTION_IDENTITY, 16);
PIN(SENTINEL_OPTION_SHORTHAND, 32);

PIN(SENTINEL_VALUE_TEXT, 1);
PIN(SENTINEL_VALUE_INTEGER, 2);
PIN(SENTINEL_VALUE_NUMBER, 3);
PIN(SENTINEL_VALUE_BOOLEAN, 4);
PIN(SENTINEL_VALUE_LIST, 5);
PIN(SENTINEL_VALUE_MAP, 6);

PIN(SENTINEL_LOG_DEBUG, 0);
PIN(SENTINEL_LOG_INFO, 1);
PIN(SENTINEL_LOG_WARNING, 2);
PIN(SENTINEL_LOG_ERROR, 3);

PIN(SENTINEL_SINK_WRITE_ONLY, 1);
PIN(SENTINEL_SINK_TRANSACTIONAL, 2);

PIN(SENTINEL_OUTCOME_NONE, 0);
PIN(SENTINEL_OUTCOME_INSERTED, 1);
PIN(SENTINEL_OUTCOME_UPDATED, 2);
PIN(SENTINEL_OUTCOME_UNCHANGED, 3);
PIN(SENTINEL_OUTCOME_SUPERSEDED, 4);
PIN(SENTINEL_OUTCOME_REJECTED, 5);
PIN(SENTINEL_OUTCOME_CLOSED, 6);

PIN(SENTINEL_DEPARTURE_KEEP, 0);
PIN(SENTINEL_DEPARTURE_MARK, 1);
PIN(SENTINEL_DEPARTURE_DELETE, 2);

PIN(SENTINEL_LETTER_OPEN, 1);
PIN(SENTINEL_LETTER_RECOVERED, 2);
PIN(SENTINEL_LETTER_SUPERSEDED, 3);
PIN(SENTINEL_LETTER_DISCARDED, 4);

PIN(SENTINEL_PURPOSE_RUN, 1);
PIN(SENTINEL_PURPOSE_REPLAY, 2);

PIN(SENTINEL_BALANCE_READ, 0);
PIN(SENTINEL_BALANCE_INSERTED, 1);
PIN(SENTINEL_BALANCE_UPDATED, 2);
PIN(SENTINEL_BALANCE_UNCHANGED, 3);
PIN(SENTINEL_BALANCE_DEAD_LETTERED, 4);
PIN(SENTINEL_BALANCE_FILTERED, 5);
PIN(SENTINEL_BALANCE_DEPARTED, 6);
PIN(SENTINEL_BALANCE_SUPERSEDED, 7);
PIN(SENTINEL_BALANCE_SETTLED, 8);
PIN(SENTINEL_BALANCE_LINES, 9);

PIN(SENTINEL_VERDICT_COMMITTED, 1);
PIN(SENTINEL_VERDICT_NOT_COMMITTED, 2);
PIN(SENTINEL_VERDICT_FENCED, 3);

PIN(SENTINEL_KIND_SOURCE, 1);
PIN(SENTINEL_KIND_TRANSFORM, 2);
PIN(SENTINEL_KIND_SINK, 3);
PIN(SENTINEL_KIND_BUILT_IN, 4);
PIN(SENTINEL_KIND_SETTING, 5);

#endif /* SENTINEL_TESTS_ABI_LAYOUT_H */
