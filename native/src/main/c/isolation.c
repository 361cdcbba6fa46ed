#include "isolation.h"

#include "export.h"

#include <errno.h>
#include <malloc.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

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

/* How long after the node is in the group the C library gives back what the JVM's compilers have freed, in seconds: at once, and once more. */
static const int trims_after[] = {0, 8};
static _Atomic int trims_left;

void w4j_isolation_started(void)
{
    static atomic_flag done = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&done)) {
        atomic_store(&trims_left, (int) (sizeof(trims_after) / sizeof(trims_after[0])));
        sem_post(&asked); /* wakes the waiting thread, whose mode has not changed */
    }
}

/* True if somebody posted, false when it is time for a trim. */
static bool wait_once(int seconds)
{
    struct timespec until;
    if (seconds < 0) {
        return sem_wait(&asked) == 0;
    }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    return sem_timedwait(&asked, &until) == 0;
}

uint32_t w4j_isolation_await(void)
{
    static uint32_t passed_on = WSREP_NOT_ISOLATED;
    const int trims = (int) (sizeof(trims_after) / sizeof(trims_after[0]));
    for (;;) {
        int left = atomic_load(&trims_left);
        bool posted = wait_once(left > 0 ? trims_after[trims - left] : -1);
        uint32_t mode = atomic_load(&wanted);
        if (posted && mode != passed_on) {
            passed_on = mode;
            return mode;
        }
        if (!posted && errno == ETIMEDOUT && left > 0) {
            malloc_trim(0);
            atomic_fetch_sub(&trims_left, 1);
        }
    }
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
