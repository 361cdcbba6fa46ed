/* What the host offers the process before init: allowlist and events (docs/spec/wsrep-api-v26.md 1.3). */
#ifndef WSREP4J_SERVICES_H
#define WSREP4J_SERVICES_H

#include "abi.h"

/* The services are there, or an empty struct. */
struct wsrep_allowlist_service w4j_services_allowlist(void);
struct wsrep_event_service w4j_services_events(void);

#endif
