/**
 * A member of a group without a database: what the tests of the group layer put beside real Galera nodes. Entry: {@link
 * io.wsrep4j.tests.group.GroupMember}.
 */
package io.wsrep4j.tests.group;
