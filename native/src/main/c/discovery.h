/* Finds the JVM to load. */
#ifndef WSREP4J_DISCOVERY_H
#define WSREP4J_DISCOVERY_H

#include <limits.h>
#include <stdbool.h>

enum { W4J_JAVA_OLDEST = 17 };

struct w4j_java {
    char home[PATH_MAX];
    char libjvm[PATH_MAX];
    int version; /* 17, 21, ...; 0 if the JDK does not say */
};

/*
 * The first of: libwsrep4j.conf, the provider option java.home, the environment variable JAVA_HOME, the newest of the well-known places. A
 * home that the operator named in the first two must be good; a bad JAVA_HOME only earns a warning. False if there is none; what was looked
 * for, where, and why each was refused is logged.
 */
bool w4j_discovery_find(struct w4j_java *java, const char *configured_home, const char *configuration_file, const char *option_home);

#endif
