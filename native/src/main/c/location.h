/* Where the library lies, and what lies beside it. */
#ifndef WSREP4J_LOCATION_H
#define WSREP4J_LOCATION_H

#include <limits.h>
#include <stdbool.h>

struct w4j_location {
    char library[PATH_MAX];       /* libwsrep4j.so itself */
    char directory[PATH_MAX];     /* its folder */
    char jars[PATH_MAX];          /* <directory>/lib: jars, JNA's library, the JVM options we need */
    char configuration[PATH_MAX]; /* <directory>/libwsrep4j.conf */
    char needed[PATH_MAX];        /* <jars>/jvm.options */
};

/* False if the library cannot find itself; the reason is logged. */
bool w4j_location_find(struct w4j_location *location);

/* All jars of <directory>/lib joined by ':', in malloc'ed memory; NULL if there is none or the folder cannot be read; the reason is logged. */
char *w4j_location_class_path(const struct w4j_location *location);

#endif
