#include "isolation.h"

#include "export.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>

/*
 * In a signal handler nothing is safe but atomics and sem_post: the mode is left here, and a Java thread that sleeps on the semaphore passes it
 * on to the providers while the handler still writes its report.
 */
static _Atomic uint32_t wanted = WSREP_NOT_ISOLATED;
static sem_t asked;

__attribute__((constructor)) static void prepare(void)
{
    sem_init(&asked, 0, 0);
}

uint32_t w4j_isolation_await(void)
{
    while (sem_wait(&asked) != 0 && errno == EINTR) {
    }
    return atomic_load(&wanted);
}

W4J_EXPORT uint32_t wsrep_node_isolation_mode_set_v1(uint32_t mode)
{
    if (mode > WSREP_FORCE_DISCONNECT) {
        return WSREP_ISOLATION_BAD_VALUE;
    }
    int saved = errno;
    atomic_store(&wanted, mode);
    sem_post(&asked);
    errno = saved;
    return WSREP_ISOLATION_SUCCESS;
}
