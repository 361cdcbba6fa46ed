/**
 * The write-set cache over hours of use: {@link io.wsrep4j.tests.gcache.CacheSoak}, run small by a test and large by hand.
 */
package io.wsrep4j.tests.gcache;
