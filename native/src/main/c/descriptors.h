/* Java opens sockets and files without close-on-exec, and the host's scripts would inherit them (docs/spec/jvm-in-host.md trap 4). */
#ifndef WSREP4J_DESCRIPTORS_H
#define WSREP4J_DESCRIPTORS_H

/* Marks every open descriptor above stderr close-on-exec. */
void w4j_descriptors_close_on_exec(void);

/* After a start that failed: says so if descriptors are, or were about to be, what was missing, since whoever met it first says anything. */
void w4j_descriptors_explain_shortage(void);

#endif
