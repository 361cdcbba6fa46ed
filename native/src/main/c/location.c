#include "location.h"

#include "log.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool join(char *target, const char *directory, const char *name)
{
    return snprintf(target, PATH_MAX, "%s/%s", directory, name) < PATH_MAX;
}

bool w4j_location_find(struct w4j_location *location)
{
    Dl_info info;
    static const char anchor;
    if (dladdr(&anchor, &info) == 0 || info.dli_fname == NULL || realpath(info.dli_fname, location->library) == NULL) {
        w4j_log(WSREP_LOG_ERROR, "libwsrep4j.so cannot find its own file: %s", strerror(errno));
        return false;
    }
    snprintf(location->directory, sizeof(location->directory), "%s", location->library);
    char *slash = strrchr(location->directory, '/');
    *slash = '\0';
    if (!join(location->jars, location->directory, "lib") || !join(location->configuration, location->directory, "libwsrep4j.conf")
        || !join(location->needed, location->jars, "jvm.options")) {
        w4j_log(WSREP_LOG_ERROR, "the path of %s is too long", location->library);
        return false;
    }
    return true;
}

static int is_jar(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".jar") == 0;
}

char *w4j_location_class_path(const struct w4j_location *location)
{
    struct dirent **jars = NULL;
    int count = scandir(location->jars, &jars, is_jar, alphasort);
    if (count < 0) {
        w4j_log(WSREP_LOG_ERROR, "cannot read %s, where the jars of wsrep4j should be: %s. Copy the whole folder that 'wsrep4j package' makes",
                location->jars, strerror(errno));
        return NULL;
    }
    size_t size = 1;
    for (int i = 0; i < count; i++) {
        size += strlen(location->jars) + strlen(jars[i]->d_name) + 2;
    }
    char *path = count > 0 ? calloc(1, size) : NULL;
    char *end = path;
    for (int i = 0; i < count; i++) {
        if (path != NULL) {
            end += sprintf(end, "%s%s/%s", i > 0 ? ":" : "", location->jars, jars[i]->d_name);
        }
        free(jars[i]);
    }
    free(jars);
    if (path == NULL) {
        w4j_log(WSREP_LOG_ERROR, "no jar in %s, where wsrep4j's should be. Copy the whole folder that 'wsrep4j package' makes",
                location->jars);
    }
    return path;
}
