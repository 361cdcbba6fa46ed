/* The vtable's functions, for the loader: docs/spec/wsrep-api-v26.md 5. */
#ifndef WSREP4J_TRANSACTIONS_H
#define WSREP4J_TRANSACTIONS_H

#include "abi.h"

uint32_t w4j_append_key(struct wsrep_st *, struct wsrep_ws_handle *, const struct wsrep_key *, size_t, uint32_t, bool);
uint32_t w4j_append_data(struct wsrep_st *, struct wsrep_ws_handle *, const struct wsrep_buf *, size_t, uint32_t, bool);
uint32_t w4j_certify(struct wsrep_st *, uint64_t, struct wsrep_ws_handle *, uint32_t, struct wsrep_trx_meta *);
uint32_t w4j_commit_order_enter(struct wsrep_st *, const struct wsrep_ws_handle *, const struct wsrep_trx_meta *);
uint32_t w4j_commit_order_leave(struct wsrep_st *, const struct wsrep_ws_handle *, const struct wsrep_trx_meta *, const struct wsrep_buf *);
uint32_t w4j_release(struct wsrep_st *, struct wsrep_ws_handle *);
uint32_t w4j_replay_trx(struct wsrep_st *, const struct wsrep_ws_handle *, void *);
uint32_t w4j_abort_certification(struct wsrep_st *, int64_t, uint64_t, int64_t *);
uint32_t w4j_rollback(struct wsrep_st *, uint64_t, const struct wsrep_buf *);
uint32_t w4j_sync_wait(struct wsrep_st *, struct wsrep_gtid *, int, struct wsrep_gtid *);
uint32_t w4j_last_committed_id(struct wsrep_st *, struct wsrep_gtid *);
uint32_t w4j_to_execute_start(struct wsrep_st *, uint64_t, const struct wsrep_key *, size_t, const struct wsrep_buf *, size_t, uint32_t,
                              struct wsrep_trx_meta *);
uint32_t w4j_to_execute_end(struct wsrep_st *, uint64_t, const struct wsrep_buf *);
uint32_t w4j_preordered_collect(struct wsrep_st *, struct wsrep_po_handle *, const struct wsrep_buf *, size_t, bool);
uint32_t w4j_preordered_commit(struct wsrep_st *, struct wsrep_po_handle *, const struct wsrep_uuid *, uint32_t, int, bool);

#endif
