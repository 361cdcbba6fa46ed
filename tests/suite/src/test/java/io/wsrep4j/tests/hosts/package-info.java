/** The releases of MariaDB, each as a host: what its servers show of us, three nodes of it, and one cluster of several. */
package io.wsrep4j.tests.hosts;
