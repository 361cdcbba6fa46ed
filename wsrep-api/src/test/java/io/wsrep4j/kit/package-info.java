/**
 * What the tests of several modules share and no floor above this one owns: waiting for conditions, strangers at a port, texts of scenarios. Knows no
 * module.
 */
package io.wsrep4j.kit;
