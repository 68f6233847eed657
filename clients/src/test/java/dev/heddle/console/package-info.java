/**
 * Tests of what the jar carries: the console page and heddle.js, which are JavaScript.
 *
 * <p>Nothing here is called by other modules; the page is served by the local stack from the class path, under
 * {@code dev/heddle/console/}. Surefire's thread runs everything. Invariant: nothing in the page is fetched from
 * elsewhere, or made from markup.
 */
@NullMarked
package dev.heddle.console;

import org.jspecify.annotations.NullMarked;
