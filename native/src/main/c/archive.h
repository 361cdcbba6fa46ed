/* The archive of classes that prepare-start makes for one JVM and one set of jars: a start maps it instead of reading and checking the jars. */
#ifndef WSREP4J_ARCHIVE_H
#define WSREP4J_ARCHIVE_H

#include "discovery.h"
#include "location.h"
#include "options.h"

/*
 * Adds the option for the archive if there is one that still fits; else logs what to do. Whoever chose an archive in the options, or none, is
 * not interfered with. False only if memory is short.
 */
bool w4j_archive_add(struct w4j_options *options, const struct w4j_location *location, const struct w4j_java *java, const char *class_path);

#endif
