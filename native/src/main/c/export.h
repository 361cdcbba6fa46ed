/* What a host looks up by name; everything else is hidden. */
#ifndef WSREP4J_EXPORT_H
#define WSREP4J_EXPORT_H

#include "abi.h"

#define W4J_EXPORT __attribute__((visibility("default")))

struct wsrep_st;

W4J_EXPORT extern const char *wsrep_interface_version;
W4J_EXPORT int wsrep_loader(struct wsrep_st *wsrep);
W4J_EXPORT int wsrep_init_allowlist_service_v1(const struct wsrep_allowlist_service *service);
W4J_EXPORT void wsrep_deinit_allowlist_service_v1(void);
W4J_EXPORT int wsrep_init_event_service_v1(const struct wsrep_event_service *service);
W4J_EXPORT void wsrep_deinit_event_service_v1(void);
W4J_EXPORT int wsrep_init_config_service_v1(struct wsrep_config_service *service);
W4J_EXPORT void wsrep_deinit_config_service_v1(void);
W4J_EXPORT uint32_t wsrep_certify_v1(struct wsrep_st *wsrep, uint64_t conn, struct wsrep_ws_handle *handle, uint32_t flags,
                                     struct wsrep_trx_meta *meta, const struct wsrep_seq_cb *placed);
W4J_EXPORT uint32_t wsrep_node_isolation_mode_set_v1(uint32_t mode);

#endif
