/* What the host looks up by name first: it fills the table before there is a JVM, which only init creates (docs/spec/jvm-in-host.md). */
#include "export.h"

#include "lifecycle.h"
#include "transactions.h"

#include <errno.h>
#include <stddef.h>

#ifndef WSREP4J_VERSION
#error "give the version with -DWSREP4J_VERSION=..."
#endif

const char *wsrep_interface_version = WSREP_INTERFACE;

static uint32_t assign_read_view(struct wsrep_st *wsrep, struct wsrep_ws_handle *handle, const struct wsrep_gtid *gtid)
{
    (void) wsrep;
    (void) handle;
    (void) gtid;
    return WSREP_NOT_IMPLEMENTED;
}

static uint32_t free_connection(struct wsrep_st *wsrep, uint64_t conn)
{
    (void) wsrep;
    (void) conn;
    return WSREP_OK;
}

static uint32_t snapshot(struct wsrep_st *wsrep, const struct wsrep_buf *message, const char *donor)
{
    (void) wsrep;
    (void) message;
    (void) donor;
    return WSREP_NOT_IMPLEMENTED;
}

static uint32_t lock(struct wsrep_st *wsrep, const char *name, bool shared, uint64_t owner, int64_t timeout)
{
    (void) wsrep;
    (void) name;
    (void) shared;
    (void) owner;
    (void) timeout;
    return WSREP_NOT_IMPLEMENTED;
}

static uint32_t unlock(struct wsrep_st *wsrep, const char *name, uint64_t owner)
{
    (void) wsrep;
    (void) name;
    (void) owner;
    return WSREP_OK;
}

static bool is_locked(struct wsrep_st *wsrep, const char *name, uint64_t *owner, struct wsrep_uuid *node)
{
    (void) wsrep;
    (void) name;
    (void) owner;
    (void) node;
    return false;
}

static const struct wsrep_st table = {
    .version = WSREP_INTERFACE,
    .init = w4j_init,
    .capabilities = w4j_capabilities,
    .options_set = w4j_options_set,
    .options_get = w4j_options_get,
    .enc_set_key = w4j_enc_set_key,
    .connect = w4j_connect,
    .disconnect = w4j_disconnect,
    .recv = w4j_recv,
    .assign_read_view = assign_read_view,
    .certify = w4j_certify,
    .commit_order_enter = w4j_commit_order_enter,
    .commit_order_leave = w4j_commit_order_leave,
    .release = w4j_release,
    .replay_trx = w4j_replay_trx,
    .abort_certification = w4j_abort_certification,
    .rollback = w4j_rollback,
    .append_key = w4j_append_key,
    .append_data = w4j_append_data,
    .sync_wait = w4j_sync_wait,
    .last_committed_id = w4j_last_committed_id,
    .free_connection = free_connection,
    .to_execute_start = w4j_to_execute_start,
    .to_execute_end = w4j_to_execute_end,
    .preordered_collect = w4j_preordered_collect,
    .preordered_commit = w4j_preordered_commit,
    .sst_sent = w4j_sst_sent,
    .sst_received = w4j_sst_received,
    .snapshot = snapshot,
    .stats_get = w4j_stats_get,
    .stats_free = w4j_stats_free,
    .stats_reset = w4j_stats_reset,
    .pause = w4j_pause,
    .resume = w4j_resume,
    .desync = w4j_desync,
    .resync = w4j_resync,
    .lock = lock,
    .unlock = unlock,
    .is_locked = is_locked,
    .provider_name = "wsrep4j",
    .provider_version = WSREP4J_VERSION,
    .provider_vendor = "wsrep4j (Apache-2.0)",
    .free = w4j_free,
};

int wsrep_loader(struct wsrep_st *wsrep)
{
    if (wsrep == NULL) {
        return EINVAL;
    }
    *wsrep = table; /* dlh is the host's: it sets it after us */
    return 0;
}
