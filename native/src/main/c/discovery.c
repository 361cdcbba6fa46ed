#include "discovery.h"

#include "log.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const well_known[] = {"/usr/lib/jvm", "/usr/java", "/opt/java", "/opt/jdk", "/opt"};

/* JAVA_VERSION="17.0.15" of the file "release"; "1.8.0_402" is 8. */
static int version_of(const char *home)
{
    char path[PATH_MAX + 16];
    snprintf(path, sizeof(path), "%s/release", home);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    int version = 0;
    char line[1024];
    while (version == 0 && fgets(line, sizeof(line), file) != NULL) {
        int major = 0;
        int minor = 0;
        int found = sscanf(line, "JAVA_VERSION=\"%d.%d", &major, &minor);
        if (found >= 1) {
            version = major == 1 && found == 2 ? minor : major;
        }
    }
    fclose(file);
    return version;
}

/* NULL if good, else why not. */
static const char *refusal(struct w4j_java *java, const char *home)
{
    static const char *const places[] = {"lib/server/libjvm.so", "jre/lib/server/libjvm.so"};
    memset(java, 0, sizeof(*java));
    if (snprintf(java->home, sizeof(java->home), "%s", home) >= PATH_MAX) {
        return "its path is too long";
    }
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (snprintf(java->libjvm, sizeof(java->libjvm), "%s/%s", home, places[i]) < PATH_MAX && access(java->libjvm, R_OK) == 0) {
            java->version = version_of(home);
            return java->version == 0 || java->version >= W4J_JAVA_OLDEST ? NULL : "it is too old";
        }
    }
    return "it has no readable lib/server/libjvm.so";
}

static bool named(struct w4j_java *java, const char *home, const char *where, enum wsrep_log_level level)
{
    const char *problem = refusal(java, home);
    if (problem != NULL) {
        char version[32] = "";
        if (java->version > 0) {
            snprintf(version, sizeof(version), " (Java %d)", java->version);
        }
        w4j_log(level, "the Java home '%s'%s, given by %s, cannot be used: %s. Needed is a JDK or JRE of version %d or later", home, version,
                where, problem, W4J_JAVA_OLDEST);
    }
    return problem == NULL;
}

static int is_name(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void newest_below(struct w4j_java *newest, bool *found, const char *directory)
{
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, is_name, alphasort);
    for (int i = 0; i < count; i++) {
        char home[PATH_MAX];
        struct w4j_java candidate;
        if (snprintf(home, sizeof(home), "%s/%s", directory, entries[i]->d_name) < PATH_MAX && refusal(&candidate, home) == NULL
            && (!*found || candidate.version > newest->version)) {
            *newest = candidate;
            *found = true;
        }
        free(entries[i]);
    }
    free(entries);
}

bool w4j_discovery_find(struct w4j_java *java, const char *configured_home, const char *configuration_file, const char *option_home)
{
    if (configured_home != NULL) {
        return named(java, configured_home, configuration_file, WSREP_LOG_ERROR);
    }
    if (option_home != NULL) {
        return named(java, option_home, "the provider option java.home", WSREP_LOG_ERROR);
    }
    const char *environment = getenv("JAVA_HOME");
    bool has_environment = environment != NULL && environment[0] != '\0';
    if (has_environment && named(java, environment, "the environment variable JAVA_HOME", WSREP_LOG_WARN)) {
        return true;
    }
    bool found = false;
    struct w4j_java newest = {.version = 0};
    for (size_t i = 0; i < sizeof(well_known) / sizeof(well_known[0]) && !found; i++) {
        newest_below(&newest, &found, well_known[i]);
    }
    if (!found) {
        w4j_log(WSREP_LOG_ERROR,
                "no JVM of version %d or later found. Looked for lib/server/libjvm.so in: java.home of %s (not set), the provider option "
                "java.home (not set), the environment variable JAVA_HOME (%s), and the folders below /usr/lib/jvm, /usr/java, /opt/java, "
                "/opt/jdk and /opt. On Debian: apt-get install openjdk-17-jre-headless",
                W4J_JAVA_OLDEST, configuration_file, has_environment ? environment : "not set");
        return false;
    }
    *java = newest;
    return true;
}
