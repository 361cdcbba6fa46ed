/** What a newcomer sees first: real servers with the provider, and their state in a live table. */
package io.wsrep4j.tests.demo;
