#include "transactions.h"

#include "export.h"
#include "upcall.h"

#include <string.h>

static const struct wsrep_gtid undefined_gtid = {.seqno = WSREP_SEQNO_UNDEFINED};

static void set_unordered(struct wsrep_trx_meta *meta)
{
    meta->gtid = undefined_gtid;
    meta->depends_on = WSREP_SEQNO_UNDEFINED;
}

/* The slot that an append writes to; NULL without memory or for a handle that is not ours. */
static struct w4j_slot *slot_for_append(struct w4j_provider *provider, uint64_t trx_id, void **opaque)
{
    if (*opaque == NULL) {
        *opaque = w4j_slot_acquire(provider, W4J_TRANSACTION, trx_id);
    }
    struct w4j_slot *slot = w4j_slot_of(provider, *opaque);
    return slot != NULL && slot->kind == W4J_TRANSACTION ? slot : NULL;
}

uint32_t w4j_append_key(struct wsrep_st *wsrep, struct wsrep_ws_handle *handle, const struct wsrep_key *keys, size_t count, uint32_t type,
                        bool copy)
{
    (void) copy; /* gathering copies always */
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (provider == NULL || handle == NULL || (keys == NULL && count > 0) || type > WSREP_KEY_EXCLUSIVE) {
        return WSREP_CONN_FAIL;
    }
    struct w4j_slot *slot = slot_for_append(provider, handle->trx_id, &handle->opaque);
    return slot != NULL ? w4j_slot_append_keys(slot, keys, count, type) : WSREP_CONN_FAIL;
}

uint32_t w4j_append_data(struct wsrep_st *wsrep, struct wsrep_ws_handle *handle, const struct wsrep_buf *buffers, size_t count, uint32_t type,
                         bool copy)
{
    (void) copy;
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (provider == NULL || handle == NULL || type > WSREP_DATA_ANNOTATION) {
        return WSREP_CONN_FAIL;
    }
    if (buffers == NULL) {
        return WSREP_OK;
    }
    struct w4j_slot *slot = slot_for_append(provider, handle->trx_id, &handle->opaque);
    return slot != NULL ? w4j_slot_append_data(slot, buffers, count, type) : WSREP_CONN_FAIL;
}

static enum wsrep_status certify_slot(struct w4j_provider *provider, uint64_t conn, struct w4j_slot *slot, uint32_t flags,
                                      struct wsrep_trx_meta *meta, const struct wsrep_seq_cb *placed)
{
    if (slot->failure != WSREP_OK) {
        enum wsrep_status failure = slot->failure;
        w4j_slot_clear_gathered(slot);
        set_unordered(meta);
        return failure;
    }
    slot->meta = *meta;
    set_unordered(&slot->meta);
    slot->known_to_java = true;
    enum wsrep_status status = placed == NULL || placed->fn == NULL
        ? w4j_call(provider, W4J_CERTIFY, W4J_ANY_THREAD, W4J_SLOT(slot), W4J_LONG(conn), W4J_INT(flags))
        : w4j_call(provider, W4J_CERTIFY_PLACED, W4J_ANY_THREAD, W4J_SLOT(slot), W4J_LONG(conn), W4J_INT(flags), W4J_POINTER(placed));
    w4j_slot_clear_gathered(slot);
    *meta = slot->meta;
    return status;
}

/* A transaction that has appended nothing: nothing to order, unless meta names a detached one to end (XA). */
static enum wsrep_status certify_without_slot(struct w4j_provider *provider, uint64_t conn, struct wsrep_ws_handle *handle, uint32_t flags,
                                              struct wsrep_trx_meta *meta, const struct wsrep_seq_cb *placed)
{
    if (meta->stid.trx == WSREP_ID_UNDEFINED) {
        set_unordered(meta);
        return WSREP_OK;
    }
    struct w4j_slot *slot = slot_for_append(provider, handle->trx_id, &handle->opaque);
    if (slot == NULL) {
        set_unordered(meta);
        return WSREP_NODE_FAIL;
    }
    return certify_slot(provider, conn, slot, flags, meta, placed);
}

W4J_EXPORT uint32_t wsrep_certify_v1(struct wsrep_st *wsrep, uint64_t conn, struct wsrep_ws_handle *handle, uint32_t flags,
                                     struct wsrep_trx_meta *meta, const struct wsrep_seq_cb *placed)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (meta == NULL) {
        return WSREP_NODE_FAIL;
    }
    if (provider == NULL || handle == NULL) {
        set_unordered(meta);
        return provider == NULL ? WSREP_CONN_FAIL : WSREP_NODE_FAIL;
    }
    if (handle->opaque == NULL) {
        return certify_without_slot(provider, conn, handle, flags, meta, placed);
    }
    struct w4j_slot *slot = w4j_slot_of(provider, handle->opaque);
    if (slot == NULL || slot->kind != W4J_TRANSACTION) {
        set_unordered(meta);
        return WSREP_NODE_FAIL;
    }
    return certify_slot(provider, conn, slot, flags, meta, placed);
}

uint32_t w4j_certify(struct wsrep_st *wsrep, uint64_t conn, struct wsrep_ws_handle *handle, uint32_t flags, struct wsrep_trx_meta *meta)
{
    return wsrep_certify_v1(wsrep, conn, handle, flags, meta, NULL);
}

/* Enter and leave come for local transactions and, inside apply_cb, for the event that an applier slot stands for. */
static struct w4j_slot *ordered_slot(struct w4j_provider *provider, const struct wsrep_ws_handle *handle, const struct wsrep_trx_meta *meta)
{
    struct w4j_slot *slot = provider != NULL && handle != NULL && meta != NULL ? w4j_slot_of(provider, handle->opaque) : NULL;
    if (slot != NULL) {
        w4j_slot_take_meta(slot, meta);
    }
    return slot;
}

uint32_t w4j_commit_order_enter(struct wsrep_st *wsrep, const struct wsrep_ws_handle *handle, const struct wsrep_trx_meta *meta)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    struct w4j_slot *slot = ordered_slot(provider, handle, meta);
    return slot != NULL ? w4j_call(provider, W4J_COMMIT_ORDER_ENTER, W4J_ANY_THREAD, W4J_SLOT(slot)) : WSREP_NODE_FAIL;
}

uint32_t w4j_commit_order_leave(struct wsrep_st *wsrep, const struct wsrep_ws_handle *handle, const struct wsrep_trx_meta *meta,
                                const struct wsrep_buf *error)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    struct w4j_slot *slot = ordered_slot(provider, handle, meta);
    if (slot == NULL) {
        return WSREP_NODE_FAIL;
    }
    bool failed = error != NULL && error->ptr != NULL;
    return w4j_call(provider, W4J_COMMIT_ORDER_LEAVE, W4J_ANY_THREAD, W4J_SLOT(slot), W4J_POINTER(failed ? error->ptr : NULL),
                    W4J_LONG(failed ? error->len : 0));
}

uint32_t w4j_release(struct wsrep_st *wsrep, struct wsrep_ws_handle *handle)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (handle == NULL || handle->opaque == NULL) {
        return handle == NULL ? WSREP_NODE_FAIL : WSREP_OK;
    }
    struct w4j_slot *slot = provider != NULL ? w4j_slot_of(provider, handle->opaque) : NULL;
    if (slot == NULL || slot->kind != W4J_TRANSACTION) {
        handle->opaque = NULL;
        return WSREP_OK;
    }
    enum wsrep_status status = WSREP_OK;
    if (slot->known_to_java) {
        slot->kept = 0;
        status = w4j_call(provider, W4J_RELEASE, W4J_ANY_THREAD, W4J_SLOT(slot));
        if (slot->kept != 0) {
            return status; /* a streaming transaction between fragments */
        }
    }
    handle->opaque = NULL;
    w4j_slot_recycle(slot);
    return status;
}

uint32_t w4j_replay_trx(struct wsrep_st *wsrep, const struct wsrep_ws_handle *handle, void *recv_ctx)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    struct w4j_slot *slot = provider != NULL && handle != NULL ? w4j_slot_of(provider, handle->opaque) : NULL;
    struct w4j_slot *applier = slot != NULL && slot->kind == W4J_TRANSACTION ? w4j_slot_acquire(provider, W4J_APPLIER, WSREP_ID_UNDEFINED) : NULL;
    if (applier == NULL) {
        return WSREP_NODE_FAIL;
    }
    applier->recv_ctx = recv_ctx;
    enum wsrep_status status = w4j_call(provider, W4J_REPLAY, W4J_THIS_THREAD, W4J_SLOT(slot), W4J_SLOT(applier));
    w4j_slot_recycle(applier);
    return status;
}

uint32_t w4j_abort_certification(struct wsrep_st *wsrep, int64_t bf_seqno, uint64_t victim, int64_t *victim_seqno)
{
    int64_t ignored;
    int64_t *out = victim_seqno != NULL ? victim_seqno : &ignored;
    *out = WSREP_SEQNO_UNDEFINED;
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (provider == NULL) {
        return WSREP_CONN_FAIL;
    }
    enum wsrep_status answer;
    if (w4j_slots_abort(&provider->slots, victim, &answer)) {
        return answer;
    }
    return w4j_call(provider, W4J_ABORT_CERTIFICATION, W4J_ANY_THREAD, W4J_LONG(bf_seqno), W4J_LONG(victim), W4J_POINTER(out));
}

uint32_t w4j_rollback(struct wsrep_st *wsrep, uint64_t trx_id, const struct wsrep_buf *data)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (provider == NULL) {
        return WSREP_TRX_FAIL;
    }
    bool has_data = data != NULL && data->ptr != NULL;
    return w4j_call(provider, W4J_ROLLBACK, W4J_ANY_THREAD, W4J_LONG(trx_id), W4J_POINTER(has_data ? data->ptr : NULL),
                    W4J_LONG(has_data ? data->len : 0));
}

uint32_t w4j_sync_wait(struct wsrep_st *wsrep, struct wsrep_gtid *upto, int timeout_seconds, struct wsrep_gtid *out)
{
    struct wsrep_gtid ignored;
    struct wsrep_gtid *answer = out != NULL ? out : &ignored;
    *answer = undefined_gtid;
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (provider == NULL) {
        return WSREP_CONN_FAIL;
    }
    return w4j_call(provider, W4J_SYNC_WAIT, W4J_ANY_THREAD, W4J_POINTER(upto), W4J_INT(timeout_seconds), W4J_POINTER(answer));
}

uint32_t w4j_last_committed_id(struct wsrep_st *wsrep, struct wsrep_gtid *out)
{
    if (out == NULL) {
        return WSREP_NODE_FAIL;
    }
    *out = undefined_gtid;
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    return provider != NULL ? w4j_call(provider, W4J_LAST_COMMITTED, W4J_ANY_THREAD, W4J_POINTER(out)) : WSREP_OK;
}

uint32_t w4j_to_execute_start(struct wsrep_st *wsrep, uint64_t conn, const struct wsrep_key *keys, size_t key_count,
                              const struct wsrep_buf *data, size_t data_count, uint32_t flags, struct wsrep_trx_meta *meta)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (meta == NULL) {
        return WSREP_NODE_FAIL;
    }
    if (provider == NULL || (keys == NULL && key_count > 0) || (data == NULL && data_count > 0)) {
        set_unordered(meta);
        return provider == NULL ? WSREP_CONN_FAIL : WSREP_NODE_FAIL;
    }
    return w4j_call(provider, W4J_TO_EXECUTE_START, W4J_ANY_THREAD, W4J_LONG(conn), W4J_POINTER(keys), W4J_LONG(key_count), W4J_POINTER(data),
                    W4J_LONG(data_count), W4J_INT(flags), W4J_POINTER(meta));
}

uint32_t w4j_to_execute_end(struct wsrep_st *wsrep, uint64_t conn, const struct wsrep_buf *error)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    bool failed = error != NULL && error->ptr != NULL;
    return provider == NULL ? WSREP_CONN_FAIL
                            : w4j_call(provider, W4J_TO_EXECUTE_END, W4J_ANY_THREAD, W4J_LONG(conn), W4J_POINTER(failed ? error->ptr : NULL),
                                       W4J_LONG(failed ? error->len : 0));
}

uint32_t w4j_preordered_collect(struct wsrep_st *wsrep, struct wsrep_po_handle *handle, const struct wsrep_buf *data, size_t count, bool copy)
{
    (void) copy;
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    if (provider == NULL || handle == NULL || (data == NULL && count > 0)) {
        return WSREP_TRX_FAIL;
    }
    struct w4j_slot *slot = slot_for_append(provider, WSREP_ID_UNDEFINED, &handle->opaque);
    return slot == NULL
        ? WSREP_TRX_FAIL
        : w4j_call(provider, W4J_PREORDERED_COLLECT, W4J_ANY_THREAD, W4J_SLOT(slot), W4J_POINTER(data), W4J_LONG(count));
}

uint32_t w4j_preordered_commit(struct wsrep_st *wsrep, struct wsrep_po_handle *handle, const struct wsrep_uuid *source, uint32_t flags,
                               int range, bool commit)
{
    struct w4j_provider *provider = w4j_provider_of(wsrep);
    struct w4j_slot *slot = provider != NULL && handle != NULL ? w4j_slot_of(provider, handle->opaque) : NULL;
    if (slot == NULL || slot->kind != W4J_TRANSACTION || (source == NULL && commit)) {
        return WSREP_TRX_FAIL;
    }
    enum wsrep_status status = w4j_call(provider, W4J_PREORDERED_COMMIT, W4J_ANY_THREAD, W4J_SLOT(slot), W4J_POINTER(source), W4J_INT(flags),
                                        W4J_INT(range), W4J_BOOL(commit));
    handle->opaque = NULL;
    w4j_slot_recycle(slot);
    return status;
}
