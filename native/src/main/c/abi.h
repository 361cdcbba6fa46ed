/*
 * The binary interface between a wsrep host and a provider, version 26, in our own declarations: docs/spec/wsrep-api-v26.md 1 to 3. Every size and
 * offset that is given there is asserted at the end of this file.
 */
#ifndef WSREP4J_ABI_H
#define WSREP4J_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WSREP_INTERFACE "26"
#define WSREP_SEQNO_UNDEFINED INT64_C(-1)
#define WSREP_ID_UNDEFINED UINT64_MAX

enum wsrep_status {
    WSREP_OK = 0,
    WSREP_WARNING = 1,
    WSREP_TRX_MISSING = 2,
    WSREP_TRX_FAIL = 3,
    WSREP_BF_ABORT = 4,
    WSREP_SIZE_EXCEEDED = 5,
    WSREP_CONN_FAIL = 6,
    WSREP_NODE_FAIL = 7,
    WSREP_FATAL = 8,
    WSREP_NOT_IMPLEMENTED = 9,
    WSREP_NOT_ALLOWED = 10
};

enum wsrep_cb_status { WSREP_CB_SUCCESS = 0, WSREP_CB_FAILURE = 1 };
enum wsrep_log_level { WSREP_LOG_FATAL, WSREP_LOG_ERROR, WSREP_LOG_WARN, WSREP_LOG_INFO, WSREP_LOG_DEBUG };
enum wsrep_key_type { WSREP_KEY_SHARED, WSREP_KEY_REFERENCE, WSREP_KEY_UPDATE, WSREP_KEY_EXCLUSIVE };
enum wsrep_data_type { WSREP_DATA_ORDERED, WSREP_DATA_UNORDERED, WSREP_DATA_ANNOTATION };
/* What wsrep_certify_v1 calls once the write set cannot be overtaken by a later one of this node. */
struct wsrep_seq_cb {
    void *ctx;
    void (*fn)(void *ctx);
};

enum wsrep_isolation_mode { WSREP_NOT_ISOLATED, WSREP_ISOLATED, WSREP_FORCE_DISCONNECT };
enum wsrep_isolation_result { WSREP_ISOLATION_SUCCESS, WSREP_ISOLATION_BAD_VALUE };
enum wsrep_enc_direction { WSREP_ENC, WSREP_DEC };

struct wsrep_uuid {
    _Alignas(8) uint8_t bytes[16];
};

struct wsrep_gtid {
    struct wsrep_uuid uuid;
    int64_t seqno;
};

struct wsrep_stid {
    struct wsrep_uuid node;
    uint64_t trx;
    uint64_t conn;
};

struct wsrep_trx_meta {
    struct wsrep_gtid gtid;
    struct wsrep_stid stid;
    int64_t depends_on;
};

struct wsrep_buf {
    const void *ptr;
    size_t len;
};

struct wsrep_ws_handle {
    uint64_t trx_id;
    void *opaque;
};

struct wsrep_po_handle {
    void *opaque;
};

struct wsrep_key {
    const struct wsrep_buf *key_parts;
    size_t key_parts_num;
};

struct wsrep_stats_var {
    const char *name;
    uint32_t type;
    union {
        int64_t int64_value;
        double double_value;
        const char *string_value;
    } value;
};

struct wsrep_member_info {
    struct wsrep_uuid id;
    char name[32];
    char incoming[256];
};

struct wsrep_view_info {
    struct wsrep_gtid state_id;
    int64_t view;
    int32_t status;
    uint32_t capabilities;
    int32_t my_idx;
    int32_t memb_num;
    int32_t proto_ver;
    struct wsrep_member_info members[];
};

struct wsrep_enc_ctx {
    const struct wsrep_buf *key;
    const char *iv;
    void *ctx;
};

typedef void (*wsrep_logger_cb)(uint32_t level, const char *message);
typedef uint32_t (*wsrep_connected_cb)(void *app, const struct wsrep_view_info *view);
typedef uint32_t (*wsrep_view_cb)(void *app, void *recv_ctx, const struct wsrep_view_info *view, const char *state, size_t state_len);
typedef uint32_t (*wsrep_sst_request_cb)(void *app, void **request, size_t *request_len);
typedef int (*wsrep_encrypt_cb)(void *app, struct wsrep_enc_ctx *ctx, const struct wsrep_buf *input, void *output, uint32_t direction, bool last);
typedef uint32_t (*wsrep_apply_cb)(void *recv_ctx, const struct wsrep_ws_handle *handle, uint32_t flags, const struct wsrep_buf *data,
                                   const struct wsrep_trx_meta *meta, bool *exit_loop);
typedef uint32_t (*wsrep_unordered_cb)(void *recv_ctx, const struct wsrep_buf *data);
typedef uint32_t (*wsrep_sst_donate_cb)(void *app, void *recv_ctx, const struct wsrep_buf *request, const struct wsrep_gtid *state_id,
                                        const struct wsrep_buf *state, bool bypass);
typedef uint32_t (*wsrep_synced_cb)(void *app);

struct wsrep_init_args {
    void *app_ctx;
    const char *node_name;
    const char *node_address;
    const char *node_incoming;
    const char *data_dir;
    const char *options;
    int proto_ver;
    const struct wsrep_gtid *state_id;
    const struct wsrep_buf *state;
    wsrep_logger_cb logger_cb;
    wsrep_connected_cb connected_cb;
    wsrep_view_cb view_cb;
    wsrep_sst_request_cb sst_request_cb;
    wsrep_encrypt_cb encrypt_cb;
    wsrep_apply_cb apply_cb;
    wsrep_unordered_cb unordered_cb;
    wsrep_sst_donate_cb sst_donate_cb;
    wsrep_synced_cb synced_cb;
};

struct wsrep_allowlist_service {
    uint32_t (*allowlist_cb)(void *context, uint32_t key, const struct wsrep_buf *value);
    void *context;
};

struct wsrep_event_service {
    void (*event_cb)(void *context, const char *name, const char *json_value);
    void *context;
};

struct wsrep_st {
    const char *version;
    uint32_t (*init)(struct wsrep_st *, const struct wsrep_init_args *);
    uint32_t (*capabilities)(struct wsrep_st *);
    uint32_t (*options_set)(struct wsrep_st *, const char *);
    char *(*options_get)(struct wsrep_st *);
    uint32_t (*enc_set_key)(struct wsrep_st *, const struct wsrep_buf *);
    uint32_t (*connect)(struct wsrep_st *, const char *, const char *, const char *, bool);
    uint32_t (*disconnect)(struct wsrep_st *);
    uint32_t (*recv)(struct wsrep_st *, void *);
    uint32_t (*assign_read_view)(struct wsrep_st *, struct wsrep_ws_handle *, const struct wsrep_gtid *);
    uint32_t (*certify)(struct wsrep_st *, uint64_t, struct wsrep_ws_handle *, uint32_t, struct wsrep_trx_meta *);
    uint32_t (*commit_order_enter)(struct wsrep_st *, const struct wsrep_ws_handle *, const struct wsrep_trx_meta *);
    uint32_t (*commit_order_leave)(struct wsrep_st *, const struct wsrep_ws_handle *, const struct wsrep_trx_meta *, const struct wsrep_buf *);
    uint32_t (*release)(struct wsrep_st *, struct wsrep_ws_handle *);
    uint32_t (*replay_trx)(struct wsrep_st *, const struct wsrep_ws_handle *, void *);
    uint32_t (*abort_certification)(struct wsrep_st *, int64_t, uint64_t, int64_t *);
    uint32_t (*rollback)(struct wsrep_st *, uint64_t, const struct wsrep_buf *);
    uint32_t (*append_key)(struct wsrep_st *, struct wsrep_ws_handle *, const struct wsrep_key *, size_t, uint32_t, bool);
    uint32_t (*append_data)(struct wsrep_st *, struct wsrep_ws_handle *, const struct wsrep_buf *, size_t, uint32_t, bool);
    uint32_t (*sync_wait)(struct wsrep_st *, struct wsrep_gtid *, int, struct wsrep_gtid *);
    uint32_t (*last_committed_id)(struct wsrep_st *, struct wsrep_gtid *);
    uint32_t (*free_connection)(struct wsrep_st *, uint64_t);
    uint32_t (*to_execute_start)(struct wsrep_st *, uint64_t, const struct wsrep_key *, size_t, const struct wsrep_buf *, size_t, uint32_t,
                                 struct wsrep_trx_meta *);
    uint32_t (*to_execute_end)(struct wsrep_st *, uint64_t, const struct wsrep_buf *);
    uint32_t (*preordered_collect)(struct wsrep_st *, struct wsrep_po_handle *, const struct wsrep_buf *, size_t, bool);
    uint32_t (*preordered_commit)(struct wsrep_st *, struct wsrep_po_handle *, const struct wsrep_uuid *, uint32_t, int, bool);
    uint32_t (*sst_sent)(struct wsrep_st *, const struct wsrep_gtid *, int);
    uint32_t (*sst_received)(struct wsrep_st *, const struct wsrep_gtid *, const struct wsrep_buf *, int);
    uint32_t (*snapshot)(struct wsrep_st *, const struct wsrep_buf *, const char *);
    struct wsrep_stats_var *(*stats_get)(struct wsrep_st *);
    void (*stats_free)(struct wsrep_st *, struct wsrep_stats_var *);
    void (*stats_reset)(struct wsrep_st *);
    int64_t (*pause)(struct wsrep_st *);
    uint32_t (*resume)(struct wsrep_st *);
    uint32_t (*desync)(struct wsrep_st *);
    uint32_t (*resync)(struct wsrep_st *);
    uint32_t (*lock)(struct wsrep_st *, const char *, bool, uint64_t, int64_t);
    uint32_t (*unlock)(struct wsrep_st *, const char *, uint64_t);
    bool (*is_locked)(struct wsrep_st *, const char *, uint64_t *, struct wsrep_uuid *);
    const char *provider_name;
    const char *provider_version;
    const char *provider_vendor;
    void (*free)(struct wsrep_st *);
    void *dlh;
    void *ctx;
};

/* Flags of a parameter; with none of the three types it is a text. */
enum wsrep_parameter_flag {
    WSREP_PARAMETER_DEPRECATED = 1,
    WSREP_PARAMETER_READ_ONLY = 2,
    WSREP_PARAMETER_BOOL = 4,
    WSREP_PARAMETER_INTEGER = 8,
    WSREP_PARAMETER_DOUBLE = 16
};

struct wsrep_parameter {
    int flags;
    const char *name;
    union {
        bool bool_value;
        int64_t int64_value;
        double double_value;
        const char *string_value;
    } value;
};

typedef uint32_t (*wsrep_parameter_cb)(const struct wsrep_parameter *parameter, void *context);

struct wsrep_config_service {
    uint32_t (*get_parameters)(struct wsrep_st *, wsrep_parameter_cb, void *context);
};

#define WSREP_SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " has another size than the host's")
#define WSREP_OFFSET(type, member, bytes) \
    _Static_assert(offsetof(type, member) == (bytes), #type "." #member " has another offset than the host's")

WSREP_SIZE(void *, 8);
WSREP_SIZE(size_t, 8);
WSREP_SIZE(bool, 1);
WSREP_SIZE(enum wsrep_status, 4);
WSREP_SIZE(struct wsrep_uuid, 16);
_Static_assert(_Alignof(struct wsrep_uuid) == 8, "a UUID is aligned like the host's");
WSREP_SIZE(struct wsrep_gtid, 24);
WSREP_OFFSET(struct wsrep_gtid, seqno, 16);
WSREP_SIZE(struct wsrep_stid, 32);
WSREP_OFFSET(struct wsrep_stid, trx, 16);
WSREP_OFFSET(struct wsrep_stid, conn, 24);
WSREP_SIZE(struct wsrep_trx_meta, 64);
WSREP_OFFSET(struct wsrep_trx_meta, stid, 24);
WSREP_OFFSET(struct wsrep_trx_meta, stid.trx, 40);
WSREP_OFFSET(struct wsrep_trx_meta, stid.conn, 48);
WSREP_OFFSET(struct wsrep_trx_meta, depends_on, 56);
WSREP_SIZE(struct wsrep_buf, 16);
WSREP_OFFSET(struct wsrep_buf, len, 8);
WSREP_SIZE(struct wsrep_ws_handle, 16);
WSREP_OFFSET(struct wsrep_ws_handle, opaque, 8);
WSREP_SIZE(struct wsrep_po_handle, 8);
WSREP_SIZE(struct wsrep_key, 16);
WSREP_OFFSET(struct wsrep_key, key_parts_num, 8);
WSREP_SIZE(struct wsrep_stats_var, 24);
WSREP_OFFSET(struct wsrep_stats_var, type, 8);
WSREP_OFFSET(struct wsrep_stats_var, value, 16);
WSREP_SIZE(struct wsrep_member_info, 304);
WSREP_OFFSET(struct wsrep_member_info, name, 16);
WSREP_OFFSET(struct wsrep_member_info, incoming, 48);
WSREP_OFFSET(struct wsrep_view_info, view, 24);
WSREP_OFFSET(struct wsrep_view_info, status, 32);
WSREP_OFFSET(struct wsrep_view_info, capabilities, 36);
WSREP_OFFSET(struct wsrep_view_info, my_idx, 40);
WSREP_OFFSET(struct wsrep_view_info, memb_num, 44);
WSREP_OFFSET(struct wsrep_view_info, proto_ver, 48);
WSREP_SIZE(struct wsrep_view_info, 56);
WSREP_SIZE(struct wsrep_enc_ctx, 24);
WSREP_OFFSET(struct wsrep_enc_ctx, iv, 8);
WSREP_OFFSET(struct wsrep_enc_ctx, ctx, 16);
WSREP_SIZE(struct wsrep_init_args, 144);
WSREP_OFFSET(struct wsrep_init_args, node_name, 8);
WSREP_OFFSET(struct wsrep_init_args, node_address, 16);
WSREP_OFFSET(struct wsrep_init_args, node_incoming, 24);
WSREP_OFFSET(struct wsrep_init_args, data_dir, 32);
WSREP_OFFSET(struct wsrep_init_args, options, 40);
WSREP_OFFSET(struct wsrep_init_args, proto_ver, 48);
WSREP_OFFSET(struct wsrep_init_args, state_id, 56);
WSREP_OFFSET(struct wsrep_init_args, state, 64);
WSREP_OFFSET(struct wsrep_init_args, logger_cb, 72);
WSREP_OFFSET(struct wsrep_init_args, connected_cb, 80);
WSREP_OFFSET(struct wsrep_init_args, view_cb, 88);
WSREP_OFFSET(struct wsrep_init_args, sst_request_cb, 96);
WSREP_OFFSET(struct wsrep_init_args, encrypt_cb, 104);
WSREP_OFFSET(struct wsrep_init_args, apply_cb, 112);
WSREP_OFFSET(struct wsrep_init_args, unordered_cb, 120);
WSREP_OFFSET(struct wsrep_init_args, sst_donate_cb, 128);
WSREP_OFFSET(struct wsrep_init_args, synced_cb, 136);
WSREP_SIZE(struct wsrep_allowlist_service, 16);
WSREP_SIZE(struct wsrep_event_service, 16);
WSREP_SIZE(struct wsrep_parameter, 24);
WSREP_OFFSET(struct wsrep_parameter, name, 8);
WSREP_OFFSET(struct wsrep_parameter, value, 16);
WSREP_SIZE(struct wsrep_config_service, 8);
WSREP_SIZE(struct wsrep_st, 360);
WSREP_OFFSET(struct wsrep_st, init, 8);
WSREP_OFFSET(struct wsrep_st, capabilities, 16);
WSREP_OFFSET(struct wsrep_st, options_set, 24);
WSREP_OFFSET(struct wsrep_st, options_get, 32);
WSREP_OFFSET(struct wsrep_st, enc_set_key, 40);
WSREP_OFFSET(struct wsrep_st, connect, 48);
WSREP_OFFSET(struct wsrep_st, disconnect, 56);
WSREP_OFFSET(struct wsrep_st, recv, 64);
WSREP_OFFSET(struct wsrep_st, assign_read_view, 72);
WSREP_OFFSET(struct wsrep_st, certify, 80);
WSREP_OFFSET(struct wsrep_st, commit_order_enter, 88);
WSREP_OFFSET(struct wsrep_st, commit_order_leave, 96);
WSREP_OFFSET(struct wsrep_st, release, 104);
WSREP_OFFSET(struct wsrep_st, replay_trx, 112);
WSREP_OFFSET(struct wsrep_st, abort_certification, 120);
WSREP_OFFSET(struct wsrep_st, rollback, 128);
WSREP_OFFSET(struct wsrep_st, append_key, 136);
WSREP_OFFSET(struct wsrep_st, append_data, 144);
WSREP_OFFSET(struct wsrep_st, sync_wait, 152);
WSREP_OFFSET(struct wsrep_st, last_committed_id, 160);
WSREP_OFFSET(struct wsrep_st, free_connection, 168);
WSREP_OFFSET(struct wsrep_st, to_execute_start, 176);
WSREP_OFFSET(struct wsrep_st, to_execute_end, 184);
WSREP_OFFSET(struct wsrep_st, preordered_collect, 192);
WSREP_OFFSET(struct wsrep_st, preordered_commit, 200);
WSREP_OFFSET(struct wsrep_st, sst_sent, 208);
WSREP_OFFSET(struct wsrep_st, sst_received, 216);
WSREP_OFFSET(struct wsrep_st, snapshot, 224);
WSREP_OFFSET(struct wsrep_st, stats_get, 232);
WSREP_OFFSET(struct wsrep_st, stats_free, 240);
WSREP_OFFSET(struct wsrep_st, stats_reset, 248);
WSREP_OFFSET(struct wsrep_st, pause, 256);
WSREP_OFFSET(struct wsrep_st, resume, 264);
WSREP_OFFSET(struct wsrep_st, desync, 272);
WSREP_OFFSET(struct wsrep_st, resync, 280);
WSREP_OFFSET(struct wsrep_st, lock, 288);
WSREP_OFFSET(struct wsrep_st, unlock, 296);
WSREP_OFFSET(struct wsrep_st, is_locked, 304);
WSREP_OFFSET(struct wsrep_st, provider_name, 312);
WSREP_OFFSET(struct wsrep_st, provider_version, 320);
WSREP_OFFSET(struct wsrep_st, provider_vendor, 328);
WSREP_OFFSET(struct wsrep_st, free, 336);
WSREP_OFFSET(struct wsrep_st, dlh, 344);
WSREP_OFFSET(struct wsrep_st, ctx, 352);

#endif
