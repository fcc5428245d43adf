/* The contract between the Sentinel host and a plugin: C11, also valid C++20.
 *
 * Plugin authors include <sentinel/plugin.hpp>, the C++ face of this file. What stands here is what crosses the
 * boundary, so it holds no C++ type, no exception and no ownership that is not written down.
 *
 * Rules that hold everywhere:
 *  - The side that allocates a struct sets `struct_size`; the other side reads or writes only up to it. Members are
 *    only ever added at the end. A member that lies beyond `struct_size` means "not offered".
 *  - Arrays of growable structs are arrays of pointers.
 *  - A text is borrowed UTF-8 (pointer and size, not terminated); it lives until the call that got it returns, or,
 * where an answer holds it, until the next call on the same instance.
 *  - One thread at a time per instance. `cancel` is the exception: any thread, at any time between open and close.
 *  - A call answers SENTINEL_OK or a code; with a code it has filled `*error`. No exception crosses.
 */
#ifndef SENTINEL_ABI_H
#define SENTINEL_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define SENTINEL_NOEXCEPT noexcept
extern "C" {
#else
#define SENTINEL_NOEXCEPT
#endif

/* The version this header describes, and the oldest plugin that a host built from it accepts. */
#define SENTINEL_ABI_VERSION 1u
#define SENTINEL_ABI_OLDEST 1u

/* ---- Arrow C Data Interface (https://arrow.apache.org/docs/format/CDataInterface.html) ---- */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};
#endif /* ARROW_C_DATA_INTERFACE */

/* ---- Values ---- */
typedef struct sentinel_text {
  const char* data;
  uint64_t size; /* bytes */
} sentinel_text;

/* What went wrong, by who is at fault: the code alone decides what the host does. X(name, number, name in C++, name in
 * logs, dead letters and --json). */
/* clang-format off */
#define SENTINEL_CODES(X) \
  X(OK, 0, kOk, "ok")                                       /* no fault */ \
  X(INVALID_DATA, 1, kInvalidData, "invalid_data")          /* this row is wrong: dead letter, its neighbours go on */ \
  X(CONFLICT, 2, kConflict, "conflict")                     /* this row clashes with another one at the target: dead letter */ \
  X(TRANSIENT, 3, kTransient, "transient")                  /* deadlock, serialisation, lock wait: the whole batch again, soon */ \
  X(UNAVAILABLE, 4, kUnavailable, "unavailable")            /* the other side is gone: pause and probe; never a dead letter */ \
  X(THROTTLED, 5, kThrottled, "throttled")                  /* asked to slow down: pause for retry_after_ms */ \
  X(INVALID_CONFIG, 6, kInvalidConfig, "invalid_config")    /* the pipeline file or the shape of the target is wrong: stop, exit 2 */ \
  X(REFUSED, 7, kRefused, "refused")                        /* password, permission, certificate: stop, exit 3 */ \
  X(STORAGE, 8, kStorage, "storage")                        /* disk full or damaged: stop, exit 1 */ \
  X(UNKNOWN_OUTCOME, 9, kUnknownOutcome, "unknown_outcome") /* the reply to COMMIT was lost: resolve */ \
  X(SCHEMA_CHANGED, 10, kSchemaChanged, "schema_changed")   /* the shape changed while running: ask for the schema again */ \
  X(FENCED, 11, kFenced, "fenced")                          /* another run owns the pipeline: stop, exit 6 */ \
  X(CANCELLED, 12, kCancelled, "cancelled")                 /* the host asked to stop */ \
  X(UNSUPPORTED, 13, kUnsupported, "unsupported")           /* this plugin does not offer the call */ \
  X(INTERNAL, 14, kInternal, "internal")                    /* a bug or an exception of the plugin: stop, exit 1 */
/* clang-format on */
#define SENTINEL_CODE_ENUMERATOR(name, number, cpp_name, text) SENTINEL_##name = number,
enum sentinel_code { SENTINEL_CODES(SENTINEL_CODE_ENUMERATOR) };
#undef SENTINEL_CODE_ENUMERATOR

/* Filled by the callee in memory of the caller. Texts are zero-terminated UTF-8 and cut to fit. */
typedef struct sentinel_error {
  uint32_t struct_size;
  int32_t code;           /* sentinel_code */
  int64_t retry_after_ms; /* -1: the other side did not say */
  char domain[16];        /* whose number native_code is: mysql, sqlstate, sqlite, http, curl, or a stage's name */
  char native_code[32];   /* "1264", "22003", a SENTINEL_NATIVE_… constant, or a name of the stage: "bad_email" */
  char option_path[192];  /* the option at fault, as in the pipeline file: "rules.email.pattern"; "" for none */
  char message[1024];     /* lower case, no full stop, no secret: what, where, what to do */
} sentinel_error;

/* Native codes that the host understands. All of them come with SENTINEL_INVALID_CONFIG from `bind` or `resume`. */
#define SENTINEL_NATIVE_NO_TABLE "no_table"               /* the target table is missing; `create` makes it */
#define SENTINEL_NATIVE_NO_STATE_TABLES "no_state_tables" /* Sentinel's own tables are missing; `create` makes them */

/* ---- Options ---- */
enum sentinel_option_type {
  SENTINEL_TYPE_STRING = 1,
  SENTINEL_TYPE_INTEGER = 2,
  SENTINEL_TYPE_NUMBER = 3,
  SENTINEL_TYPE_BOOLEAN = 4,
  SENTINEL_TYPE_DURATION = 5, /* value in milliseconds; text such as 200ms, 15m, 1h */
  SENTINEL_TYPE_SIZE = 6,     /* value in bytes; text such as 4MiB */
  SENTINEL_TYPE_ENUM = 7,     /* one of `choices` */
  SENTINEL_TYPE_LIST = 8,     /* of element_type */
  SENTINEL_TYPE_MAP = 9,      /* from text to element_type, order kept */
  SENTINEL_TYPE_OBJECT = 10   /* described by `table` */
};

enum sentinel_option_flag {
  SENTINEL_OPTION_REQUIRED = 1,
  SENTINEL_OPTION_SECRET = 2,     /* never shown; a literal in the pipeline file draws a warning */
  SENTINEL_OPTION_ADVANCED = 4,   /* documented below the others */
  SENTINEL_OPTION_DEPRECATED = 8, /* accepted with a warning */
  SENTINEL_OPTION_IDENTITY = 16,  /* says what is read (site, database, content): part of the source_id */
  SENTINEL_OPTION_SHORTHAND = 32  /* inside an object: a scalar in place of the object stands for this option */
};

typedef struct sentinel_option_table sentinel_option_table;

typedef struct sentinel_option {
  uint32_t struct_size;
  int32_t type;         /* sentinel_option_type */
  int32_t element_type; /* of a list or a map */
  uint32_t flags;       /* sentinel_option_flag, or-ed */
  const char* name;
  const char* doc;                    /* one sentence; never empty */
  const char* default_text;           /* as one would write it in YAML; NULL: none */
  const char* const* choices;         /* NULL-terminated; of an enum, or of the elements of a list or map of enums */
  const sentinel_option_table* table; /* of an object, or of the elements of a list or map of objects */
  int64_t minimum;                    /* of integers, durations (ms) and sizes (bytes) */
  int64_t maximum;
  const char* const* former_names; /* NULL-terminated: what it was called before, accepted with a warning; NULL: none.
                                    * The host hands over the value under `name`. */
} sentinel_option;

struct sentinel_option_table {
  uint32_t struct_size;
  uint32_t count;
  const sentinel_option* const* options;
};

enum sentinel_value_kind {
  SENTINEL_VALUE_TEXT = 1,
  SENTINEL_VALUE_INTEGER = 2, /* also durations in ms and sizes in bytes */
  SENTINEL_VALUE_NUMBER = 3,
  SENTINEL_VALUE_BOOLEAN = 4, /* in `integer`: 0 or 1 */
  SENTINEL_VALUE_LIST = 5,
  SENTINEL_VALUE_MAP = 6 /* a map or an object; order as written */
};

/* A tree of option values, validated against the table, borrowed for the length of `open`. Options that the pipeline
 * file does not name are absent: the plugin's own default stands. */
typedef struct sentinel_value {
  uint32_t struct_size;
  int32_t kind; /* sentinel_value_kind */
  sentinel_text text;
  int64_t integer;
  double number;
  uint64_t count;                            /* of items */
  const sentinel_text* keys;                 /* of a map: `count` of them */
  const struct sentinel_value* const* items; /* of a list or a map */
} sentinel_value;

/* ---- Host services ---- */
enum sentinel_log_level {
  SENTINEL_LOG_DEBUG = 0,
  SENTINEL_LOG_INFO = 1,
  SENTINEL_LOG_WARNING = 2,
  SENTINEL_LOG_ERROR = 3
};

typedef struct sentinel_log_field {
  sentinel_text name;
  sentinel_text value;
} sentinel_log_field;

/* Given to `open`; lives until `close` has returned. Any thread may call. A plugin takes clock, timers and randomness
 * from nowhere else, so that tests can inject them. */
typedef struct sentinel_host {
  uint32_t struct_size;
  uint32_t abi_version;
  void* context;
  void (*log)(void* context, int32_t level, sentinel_text text, const sentinel_log_field* fields,
              uint64_t count) SENTINEL_NOEXCEPT;
  int32_t (*stop_requested)(void* context) SENTINEL_NOEXCEPT;                        /* 1: end soon */
  int32_t (*sleep_until)(void* context, int64_t steady_ms) SENTINEL_NOEXCEPT;        /* 1: woken because of a stop */
  int64_t (*now_unix_ms)(void* context) SENTINEL_NOEXCEPT;                           /* wall clock, UTC */
  int64_t (*steady_ms)(void* context) SENTINEL_NOEXCEPT;                             /* never steps back */
  uint64_t (*random)(void* context) SENTINEL_NOEXCEPT;                               /* 64 uniform bits */
  void (*count)(void* context, sentinel_text name, int64_t delta) SENTINEL_NOEXCEPT; /* adds to a named counter */
} sentinel_host;

/* ---- Source ---- */
/* A record that could not become a row. The engine makes a dead letter of it. */
typedef struct sentinel_source_reject {
  uint32_t struct_size;
  int32_t has_amount;     /* 1: its money is known although the record is refused; then `minor` and `currency` hold */
  sentinel_text key;      /* the record's own key, as the key fields would print it; "" if unknown */
  sentinel_text position; /* where it stands: "line 7, byte 311", "post 42" */
  sentinel_text raw;      /* its bytes; need not be UTF-8 */
  const sentinel_error* error;
  int64_t minor;          /* its money in minor units of `currency`, at the exponent of the pipeline's money */
  sentinel_text currency; /* ISO 4217; "": the currency that the pipeline declares */
} sentinel_source_reject;

/* What happens to the row in the target of a departed record: one that is filtered now, or deleted in the source. */
enum sentinel_departure {
  SENTINEL_DEPARTURE_KEEP = 0,  /* nothing: it stays as it is */
  SENTINEL_DEPARTURE_MARK = 1,  /* it stays, marked with the time of the departure */
  SENTINEL_DEPARTURE_DELETE = 2 /* it is removed */
};

typedef struct sentinel_read_request {
  uint32_t struct_size;
  sentinel_text cursor; /* "" at the very beginning; else what a former page gave as `next` */
  int64_t max_rows;     /* > 0 */
  int64_t max_bytes;    /* > 0; a single record may exceed it */
  void* context;
  void (*reject)(void* context, const sentinel_source_reject* reject) SENTINEL_NOEXCEPT;
  /* A row of this page's array that the source's own options leave out (a status): it counts as read and filtered. */
  void (*filter)(void* context, int64_t row, sentinel_text reason) SENTINEL_NOEXCEPT;
  /* As filter, and the row in the target is to be marked or removed with this batch. */
  void (*depart)(void* context, int64_t row, int32_t action /* sentinel_departure */,
                 sentinel_text reason) SENTINEL_NOEXCEPT;
} sentinel_read_request;

typedef struct sentinel_page {
  uint32_t struct_size;
  int32_t done;            /* 1: nothing is left after `next` for now */
  struct ArrowArray array; /* the caller owns it now and releases it, on any thread, before close */
  sentinel_text next;      /* where to go on; lives until the next call on the instance */
} sentinel_page;

typedef struct sentinel_text_list {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  void (*add)(void* context, sentinel_text text) SENTINEL_NOEXCEPT;
} sentinel_text_list;

typedef struct sentinel_found_field {
  uint32_t struct_size;
  sentinel_text entity; /* table, content type, collection */
  sentinel_text field;
  sentinel_text type;
  sentinel_text sample;
} sentinel_found_field;

typedef struct sentinel_discovery {
  uint32_t struct_size;
  void* context;
  void (*found)(void* context, const sentinel_found_field* field) SENTINEL_NOEXCEPT;
} sentinel_discovery;

/* Calls marked (o) may be NULL. */
typedef struct sentinel_source_calls {
  uint32_t struct_size;
  uint32_t reserved;
  int32_t (*open)(const sentinel_host* host, const sentinel_value* options, void** instance,
                  sentinel_error* error) SENTINEL_NOEXCEPT;
  void (*close)(void* instance) SENTINEL_NOEXCEPT;
  int32_t (*schema)(void* instance, struct ArrowSchema* out, sentinel_error* error) SENTINEL_NOEXCEPT;
  int32_t (*read)(void* instance, const sentinel_read_request* request, sentinel_page* page,
                  sentinel_error* error) SENTINEL_NOEXCEPT;
  int32_t (*check)(void* instance, sentinel_error* error) SENTINEL_NOEXCEPT; /* (o) */
  int32_t (*discover)(void* instance, const sentinel_discovery* discovery,
                      sentinel_error* error) SENTINEL_NOEXCEPT;                             /* (o) */
  int32_t (*count)(void* instance, int64_t* rows, sentinel_error* error) SENTINEL_NOEXCEPT; /* (o) */
  /* (o) the records with these keys, in one array with the source's schema; a vanished key is simply not in it */
  int32_t (*fetch)(void* instance, const sentinel_text* keys, uint64_t key_count, const sentinel_read_request* request,
                   sentinel_page* page, sentinel_error* error) SENTINEL_NOEXCEPT;
  /* (o) the keys of all records that exist, `max_rows` at most, by a cursor of this call's own; page->array is empty */
  int32_t (*keys)(void* instance, const sentinel_read_request* request, const sentinel_text_list* list,
                  sentinel_page* page, sentinel_error* error) SENTINEL_NOEXCEPT;
  void (*cancel)(void* instance) SENTINEL_NOEXCEPT; /* (o) any thread: make a blocking read return CANCELLED soon */
} sentinel_source_calls;

/* ---- Transform ---- */
/* An input row that is refused. The engine makes a dead letter of its source record. */
typedef struct sentinel_row_reject {
  uint32_t struct_size;
  int32_t has_amount; /* 1: the transform knows the row's money, which the engine does not yet; as in a source reject */
  int64_t row;
  const sentinel_error* error;
  int64_t minor;
  sentinel_text currency;
} sentinel_row_reject;

/* Every input row ends in exactly one of: an output row whose origin it is, filter, depart, reject. */
typedef struct sentinel_apply_request {
  uint32_t struct_size;
  struct ArrowArray* in; /* taken: the callee moves out of it what it keeps and releases the rest */
  void* context;
  void (*filter)(void* context, int64_t row, sentinel_text reason) SENTINEL_NOEXCEPT;
  void (*reject)(void* context, const sentinel_row_reject* reject) SENTINEL_NOEXCEPT;
  /* As filter, and the row in the target is to be marked or removed with this batch. Only where the output has the same
   * fields as the input, since the row goes on through the rest of the pipeline to find its key. */
  void (*depart)(void* context, int64_t row, int32_t action /* sentinel_departure */,
                 sentinel_text reason) SENTINEL_NOEXCEPT;
} sentinel_apply_request;

typedef struct sentinel_applied {
  uint32_t struct_size;
  uint32_t reserved;
  struct ArrowArray array; /* the caller owns it now */
  const int64_t*
      origin; /* input row of each output row, ascending; NULL: same rows, same order. Lives until the next call */
} sentinel_applied;

typedef struct sentinel_transform_calls {
  uint32_t struct_size;
  uint32_t reserved;
  int32_t (*open)(const sentinel_host* host, const sentinel_value* options, void** instance,
                  sentinel_error* error) SENTINEL_NOEXCEPT;
  void (*close)(void* instance) SENTINEL_NOEXCEPT;
  /* `in` is borrowed, `out` is the caller's to release. Called before the first apply, and again after SCHEMA_CHANGED.
   */
  int32_t (*bind)(void* instance, const struct ArrowSchema* in, struct ArrowSchema* out,
                  sentinel_error* error) SENTINEL_NOEXCEPT;
  int32_t (*apply)(void* instance, const sentinel_apply_request* request, sentinel_applied* applied,
                   sentinel_error* error) SENTINEL_NOEXCEPT;
} sentinel_transform_calls;

/* ---- Sink ---- */
enum sentinel_sink_level {
  SENTINEL_SINK_WRITE_ONLY = 1,   /* at least once; whole runs if it offers finish */
  SENTINEL_SINK_TRANSACTIONAL = 2 /* resume, commit, rollback, resolve: exactly once */
};

enum sentinel_outcome {
  SENTINEL_OUTCOME_NONE = 0, /* what the host puts in; a row left so is a fault of the sink */
  SENTINEL_OUTCOME_INSERTED = 1,
  SENTINEL_OUTCOME_UPDATED = 2,
  SENTINEL_OUTCOME_UNCHANGED = 3,
  SENTINEL_OUTCOME_SUPERSEDED = 4, /* the target or the batch holds a newer version */
  SENTINEL_OUTCOME_REJECTED = 5,   /* reject() was called for it */
  SENTINEL_OUTCOME_CLOSED = 6      /* replay only: its letter was no longer open, nothing was written */
};

enum sentinel_letter_state {
  SENTINEL_LETTER_OPEN = 1,
  SENTINEL_LETTER_RECOVERED = 2,  /* its record landed by a replay */
  SENTINEL_LETTER_SUPERSEDED = 3, /* a later read of the same source key took its place */
  SENTINEL_LETTER_DISCARDED = 4   /* an operator discarded it */
};

/* The fact that a record is owed. The payload stays in the host's store. */
typedef struct sentinel_letter {
  uint32_t struct_size;
  int32_t state;           /* sentinel_letter_state */
  sentinel_text letter_id; /* 32 hex digits of (pipeline, source_id, source_key, record_hash) */
  sentinel_text source_key;
  sentinel_text record_hash;
  sentinel_text minor;    /* decimal digits of its money in minor units; "" where refused before it was known */
  sentinel_text currency; /* "" if none */
} sentinel_letter;

enum sentinel_purpose {
  SENTINEL_PURPOSE_RUN = 1,   /* lanes 0 and up */
  SENTINEL_PURPOSE_REPLAY = 2 /* lane -1: its own epoch, safe beside a run */
};

typedef struct sentinel_resume_request {
  uint32_t struct_size;
  int32_t purpose; /* sentinel_purpose */
  sentinel_text pipeline;
  sentinel_text source_id;
  sentinel_text run_id;
  sentinel_text holder;       /* who asks: host id, state folder and process */
  sentinel_text holder_place; /* host id and state folder; the caller holds the flock of this place */
  int64_t stale_after_ms;     /* a foreign holder is dead when its heartbeat is older, by the database's clock */
  int32_t lanes;              /* how many, >= 1 */
  int32_t take_over;          /* 1: do not wait for a foreign holder to become stale */
} sentinel_resume_request;

typedef struct sentinel_lane {
  uint32_t struct_size;
  int32_t lane;
  int64_t epoch;
  int64_t seq;          /* of the last committed batch; 0: none */
  sentinel_text cursor; /* "": from the beginning. Lives until the next call on the instance */
} sentinel_lane;

/* The identity of one delivery attempt of a batch. */
typedef struct sentinel_claim {
  uint32_t struct_size;
  int32_t lane;
  int64_t epoch;
  int64_t seq;               /* last committed + 1 */
  sentinel_text delivery_id; /* random per attempt */
  /* Replay only, one per row: the letter that the row comes from. The sink turns it from open to recovered first, in
   * the same transaction; where that hits no row the outcome is CLOSED and nothing is written for it. */
  const sentinel_text* letter_ids;
} sentinel_claim;

typedef struct sentinel_write_request {
  uint32_t struct_size;
  const struct ArrowArray* batch; /* borrowed; may have no rows */
  const sentinel_claim* claim;    /* NULL at level 1 */
  uint8_t* outcome;               /* one per row: sentinel_outcome */
  void* context;
  void (*reject)(void* context, int64_t row, const sentinel_error* error) SENTINEL_NOEXCEPT;
  /* Level 1, together with an error: set to 1 where the rows that have an outcome were accepted for good. The host
   * never sends those again in this process; the rows left at NONE it sends again, as the error's code says. Without
   * it an error means that nothing of the batch counts. */
  uint8_t* is_partial;
} sentinel_write_request;

/* Rows of departed records, in the bound schema; inside the open transaction of `write`. */
typedef struct sentinel_depart_request {
  uint32_t struct_size;
  uint32_t reserved;
  const struct ArrowArray* rows; /* borrowed */
  const uint8_t* action;         /* one per row: SENTINEL_DEPARTURE_MARK or SENTINEL_DEPARTURE_DELETE */
  uint8_t* departed; /* one per row, filled by the sink: 1: it was there and is marked or removed now; 0: no such
                      * row, or marked already, or one of a newer version */
} sentinel_depart_request;

/* The lines of the balance, in the order in which they cross. A new one is added at the end: lines cross with their
 * count, so a reader takes those that it knows and reads a missing one as 0. */
enum sentinel_balance_line {
  SENTINEL_BALANCE_READ = 0,
  SENTINEL_BALANCE_INSERTED,
  SENTINEL_BALANCE_UPDATED,
  SENTINEL_BALANCE_UNCHANGED,
  SENTINEL_BALANCE_DEAD_LETTERED,
  SENTINEL_BALANCE_FILTERED,
  SENTINEL_BALANCE_DEPARTED,
  SENTINEL_BALANCE_SUPERSEDED,
  SENTINEL_BALANCE_SETTLED,
  SENTINEL_BALANCE_LINES
};

/* The sums of one currency in minor units: decimal digits, one text per line of the balance. */
typedef struct sentinel_money_line {
  uint32_t struct_size;
  uint32_t line_count; /* of `minor` */
  sentinel_text currency;
  const sentinel_text* minor;
} sentinel_money_line;

typedef struct sentinel_seal {
  uint32_t struct_size;
  uint32_t letter_count;
  const sentinel_claim* claim;
  sentinel_text next_cursor;             /* what the lane resumes from after this batch */
  const sentinel_letter* const* letters; /* facts to record: new open ones, and the state changes of older ones */
  const uint64_t* records;               /* one per line of the balance */
  uint64_t line_count;                   /* of `records` */
  uint64_t amount_unknown;               /* dead-lettered, filtered or settled before their amount was known */
  const sentinel_money_line* const* money;
  uint64_t money_count;
} sentinel_seal;

enum sentinel_verdict {
  SENTINEL_VERDICT_COMMITTED = 1,     /* the ledger holds our delivery_id */
  SENTINEL_VERDICT_NOT_COMMITTED = 2, /* nobody holds the claim: write the batch again */
  SENTINEL_VERDICT_FENCED = 3         /* another delivery holds the claim, or our epoch is over */
};

typedef struct sentinel_letters_request {
  uint32_t struct_size;
  uint32_t reserved;
  sentinel_text pipeline;
  void* context;
  void (*letter)(void* context, sentinel_text source_id, const sentinel_letter* letter) SENTINEL_NOEXCEPT;
} sentinel_letters_request;

/* A lane as it stands in the target, whoever holds it. */
typedef struct sentinel_lane_state {
  uint32_t struct_size;
  int32_t lane;
  int64_t epoch;
  int64_t seq; /* of the last committed batch; 0: none */
  sentinel_text source_id;
  sentinel_text cursor;     /* "": from the beginning */
  sentinel_text holder;     /* "": nobody has it now */
  int64_t heartbeat_age_ms; /* by the target's clock; -1: it never was held */
} sentinel_lane_state;

typedef struct sentinel_lanes_request {
  uint32_t struct_size;
  uint32_t reserved;
  sentinel_text pipeline;
  void* context;
  void (*lane)(void* context, const sentinel_lane_state* lane) SENTINEL_NOEXCEPT;
} sentinel_lanes_request;

typedef struct sentinel_run_summary {
  uint32_t struct_size;
  int32_t exit_code;
  sentinel_text state;     /* running, finished, stopped, failed */
  sentinel_text reason;    /* one sentence; "" when it finished */
  const uint64_t* records; /* one per line of the balance */
  uint64_t line_count;     /* of `records` */
} sentinel_run_summary;

/* Calls marked (o) may be NULL; those marked (2) are required at level 2. */
typedef struct sentinel_sink_calls {
  uint32_t struct_size;
  uint32_t reserved;
  int32_t (*open)(const sentinel_host* host, const sentinel_value* options, void** instance,
                  sentinel_error* error) SENTINEL_NOEXCEPT;
  void (*close)(void* instance) SENTINEL_NOEXCEPT;
  /* Preflight against this schema: the target fits, the key is unique, amounts are exact. Writes nothing. */
  int32_t (*bind)(void* instance, const struct ArrowSchema* schema, sentinel_error* error) SENTINEL_NOEXCEPT;
  int32_t (*write)(void* instance, const sentinel_write_request* request, sentinel_error* error) SENTINEL_NOEXCEPT;
  int32_t (*check)(void* instance, sentinel_error* error) SENTINEL_NOEXCEPT; /* (o) reachable, and who answers */
  /* (o) Makes what is missing: the target table for this schema, Sentinel's own tables. Never alters what exists. */
  int32_t (*create)(void* instance, const struct ArrowSchema* schema, sentinel_error* error) SENTINEL_NOEXCEPT;
  /* (2) Takes the pipeline's lanes: raises their epoch, fills lanes[0 .. request->lanes). */
  int32_t (*resume)(void* instance, const sentinel_resume_request* request, sentinel_lane* const* lanes,
                    sentinel_error* error) SENTINEL_NOEXCEPT;
  int32_t (*commit)(void* instance, const sentinel_seal* seal, sentinel_error* error) SENTINEL_NOEXCEPT; /* (2) */
  int32_t (*rollback)(void* instance, sentinel_error* error) SENTINEL_NOEXCEPT;                          /* (2) */
  int32_t (*resolve)(void* instance, const sentinel_claim* claim, int32_t* verdict,
                     sentinel_error* error) SENTINEL_NOEXCEPT; /* (2) */
  /* (2) Reports every open letter of the pipeline, of all its sources. */
  int32_t (*letters)(void* instance, const sentinel_letters_request* request, sentinel_error* error) SENTINEL_NOEXCEPT;
  /* (2) Renews the heartbeat of the lanes while no batch is under way; FENCED if they are somebody else's now. */
  int32_t (*heartbeat)(void* instance, sentinel_error* error) SENTINEL_NOEXCEPT;
  /* (2) Records how the run ended, releases the lanes. At level 1: only then, and if it finished, does the run count.
   */
  int32_t (*finish)(void* instance, const sentinel_run_summary* summary, sentinel_error* error) SENTINEL_NOEXCEPT;
  /* (o) The target's rows whose keys stand in `keys` (an array of the key fields alone), in the bound schema. */
  int32_t (*read_back)(void* instance, const struct ArrowArray* keys, struct ArrowArray* rows,
                       sentinel_error* error) SENTINEL_NOEXCEPT;
  void (*cancel)(void* instance) SENTINEL_NOEXCEPT; /* (o) any thread */
  /* (o) The SQL, or other instructions, that would make what `create` makes, for somebody with more rights. */
  int32_t (*plan)(void* instance, const struct ArrowSchema* schema, void* context,
                  void (*text)(void* context, sentinel_text text) SENTINEL_NOEXCEPT,
                  sentinel_error* error) SENTINEL_NOEXCEPT;
  /* --- what a comparison of source and target needs; after bind */
  /* (o) Names the fields that are the key of the target. */
  int32_t (*key_fields)(void* instance, const sentinel_text_list* names, sentinel_error* error) SENTINEL_NOEXCEPT;
  /* (o) A page of the target's rows in the bound schema, ascending by key from a cursor of this call's own. A row with
   * a value that is none of its field's type is rejected, with its key. */
  int32_t (*scan)(void* instance, const sentinel_read_request* request, sentinel_page* page,
                  sentinel_error* error) SENTINEL_NOEXCEPT;
  /* (o) The batch as the target would give it back: without what its columns do not keep (fractions of a second,
   * padding of texts). */
  int32_t (*as_stored)(void* instance, const struct ArrowArray* batch, struct ArrowArray* stored,
                       sentinel_error* error) SENTINEL_NOEXCEPT;
  /* (o) The database's own count and sum, one line per value of the field that names the currency (one line in all
   * where it is ""). `sum` is decimal digits. */
  int32_t (*totals)(void* instance, sentinel_text amount_field, sentinel_text currency_field, void* context,
                    void (*line)(void* context, sentinel_text currency, uint64_t rows, sentinel_text sum)
                        SENTINEL_NOEXCEPT,
                    sentinel_error* error) SENTINEL_NOEXCEPT;
  /* (o, 2) Marks or removes rows. A sink without it is refused where a stage marks or deletes. */
  int32_t (*depart)(void* instance, const sentinel_depart_request* request, sentinel_error* error) SENTINEL_NOEXCEPT;
  /* (o) Reports every lane of the pipeline, of all its sources; takes none. Needs no bind. */
  int32_t (*lanes)(void* instance, const sentinel_lanes_request* request, sentinel_error* error) SENTINEL_NOEXCEPT;
} sentinel_sink_calls;

/* ---- Plugin ---- */
enum sentinel_kind {
  SENTINEL_KIND_SOURCE = 1,
  SENTINEL_KIND_TRANSFORM = 2,
  SENTINEL_KIND_SINK = 3,
  SENTINEL_KIND_BUILT_IN = 4, /* built in only: a stage of the delivery that the engine composes (retry, dead_letter) */
  SENTINEL_KIND_SETTING = 5   /* built in only: options of the whole pipeline (money, mirror) */
};

typedef struct sentinel_component {
  uint32_t struct_size;
  int32_t kind;    /* sentinel_kind */
  const char* use; /* what a pipeline file writes after `use:` */
  const char* doc; /* one sentence */
  const sentinel_option_table* options;
  int32_t cursor_version; /* source: raise it when old cursors no longer mean the same */
  int32_t sink_level;     /* sink: sentinel_sink_level */
  const sentinel_source_calls* source;
  const sentinel_transform_calls* transform;
  const sentinel_sink_calls* sink;
  int64_t max_rows; /* sink of level 1: the most rows that one `write` takes; 0: as many as there are */
} sentinel_component;

typedef struct sentinel_plugin {
  uint32_t struct_size;
  uint32_t abi_version; /* SENTINEL_ABI_VERSION of the header it was built from */
  const char* name;
  const char* version;
  uint64_t component_count;
  const sentinel_component* const* components;
} sentinel_plugin;

/* The one exported symbol of a plugin. What it answers is static: it is never released. */
#define SENTINEL_PLUGIN_SYMBOL "sentinel_plugin_v1"
typedef const sentinel_plugin* (*sentinel_plugin_entry)(uint32_t host_abi)SENTINEL_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif /* SENTINEL_ABI_H */
