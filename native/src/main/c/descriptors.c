#include "descriptors.h"

#include "log.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

/* Jars, libraries, sockets and files of a start, and some for the host that goes on meanwhile. */
enum { NEEDED_AT_START = 40, MOST_COUNTED = 1 << 16 };

/* Before Linux 5.11. */
static void sweep_one_by_one(void)
{
    DIR *directory = opendir("/proc/self/fd");
    if (directory == NULL) {
        return;
    }
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        int descriptor = atoi(entry->d_name);
        int flags = descriptor > STDERR_FILENO ? fcntl(descriptor, F_GETFD) : -1;
        if (flags >= 0 && (flags & FD_CLOEXEC) == 0) {
            fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC);
        }
    }
    closedir(directory);
}

void w4j_descriptors_close_on_exec(void)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, STDERR_FILENO + 1U, UINT_MAX, CLOSE_RANGE_CLOEXEC) == 0) {
        return;
    }
#endif
    sweep_one_by_one();
}

/* Without a descriptor: there may be none. */
static int in_use(int limit)
{
    int count = 0;
    for (int descriptor = 0; descriptor < limit; descriptor++) {
        count += fcntl(descriptor, F_GETFD) != -1;
    }
    return count;
}

void w4j_descriptors_explain_shortage(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > MOST_COUNTED) {
        return;
    }
    int used = in_use((int) limit.rlim_cur);
    if (used + NEEDED_AT_START > (int) limit.rlim_cur) {
        w4j_log(WSREP_LOG_ERROR,
                "file descriptors are short: %d of %d are in use, and wsrep4j needs up to %d more to start. Raise the limit (LimitNOFILE of the "
                "service, ulimit -n, open_files_limit of the server)",
                used, (int) limit.rlim_cur, NEEDED_AT_START);
    }
}
