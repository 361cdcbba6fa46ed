/* The vtable's functions outside transactions, for the loader: docs/spec/wsrep-api-v26.md 2.3 and 4. */
#ifndef WSREP4J_LIFECYCLE_H
#define WSREP4J_LIFECYCLE_H

#include "abi.h"

uint32_t w4j_init(struct wsrep_st *, const struct wsrep_init_args *);
uint32_t w4j_capabilities(struct wsrep_st *);
uint32_t w4j_options_set(struct wsrep_st *, const char *);
char *w4j_options_get(struct wsrep_st *);
uint32_t w4j_enc_set_key(struct wsrep_st *, const struct wsrep_buf *);
uint32_t w4j_connect(struct wsrep_st *, const char *, const char *, const char *, bool);
uint32_t w4j_disconnect(struct wsrep_st *);
uint32_t w4j_recv(struct wsrep_st *, void *);
uint32_t w4j_sst_sent(struct wsrep_st *, const struct wsrep_gtid *, int);
uint32_t w4j_sst_received(struct wsrep_st *, const struct wsrep_gtid *, const struct wsrep_buf *, int);
struct wsrep_stats_var *w4j_stats_get(struct wsrep_st *);
void w4j_stats_free(struct wsrep_st *, struct wsrep_stats_var *);
void w4j_stats_reset(struct wsrep_st *);
int64_t w4j_pause(struct wsrep_st *);
uint32_t w4j_resume(struct wsrep_st *);
uint32_t w4j_desync(struct wsrep_st *);
uint32_t w4j_resync(struct wsrep_st *);
void w4j_free(struct wsrep_st *);

#endif
