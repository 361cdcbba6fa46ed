/**
 * What tests of group communication on real sockets are made of: members that record what they are told, in this process or in one of their
 * own, and a network of proxies that can be cut.
 */
package io.wsrep4j.tests.gcomm;
