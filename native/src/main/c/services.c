#include "services.h"

#include "export.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct wsrep_allowlist_service allowlist;
static int allowlist_users;
static struct wsrep_event_service events;
static int event_users;

struct wsrep_allowlist_service w4j_services_allowlist(void)
{
    pthread_mutex_lock(&lock);
    struct wsrep_allowlist_service copy = allowlist;
    pthread_mutex_unlock(&lock);
    return copy;
}

struct wsrep_event_service w4j_services_events(void)
{
    pthread_mutex_lock(&lock);
    struct wsrep_event_service copy = events;
    pthread_mutex_unlock(&lock);
    return copy;
}

W4J_EXPORT int wsrep_init_allowlist_service_v1(const struct wsrep_allowlist_service *service)
{
    if (service == NULL || service->allowlist_cb == NULL) {
        return 1;
    }
    pthread_mutex_lock(&lock);
    allowlist = *service;
    allowlist_users++;
    pthread_mutex_unlock(&lock);
    return 0;
}

W4J_EXPORT void wsrep_deinit_allowlist_service_v1(void)
{
    pthread_mutex_lock(&lock);
    if (allowlist_users > 0 && --allowlist_users == 0) {
        allowlist = (struct wsrep_allowlist_service){0};
    }
    pthread_mutex_unlock(&lock);
}

W4J_EXPORT int wsrep_init_event_service_v1(const struct wsrep_event_service *service)
{
    if (service == NULL || service->event_cb == NULL) {
        return 1;
    }
    pthread_mutex_lock(&lock);
    events = *service;
    event_users++;
    pthread_mutex_unlock(&lock);
    return 0;
}

W4J_EXPORT void wsrep_deinit_event_service_v1(void)
{
    pthread_mutex_lock(&lock);
    if (event_users > 0 && --event_users == 0) {
        events = (struct wsrep_event_service){0};
    }
    pthread_mutex_unlock(&lock);
}
