/** How numbers are written, for all floors. Entry: {@link io.wsrep4j.api.text.AsciiNumber}. It never knows what a number is for. */
package io.wsrep4j.api.text;
