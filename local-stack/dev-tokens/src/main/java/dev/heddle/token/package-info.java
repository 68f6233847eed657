/**
 * Signing keys and tokens for development, tests and load. No role uses it.
 *
 * <p>Commands, the local stack, tests and the benchmark call in, from any thread.
 */
@NullMarked
package dev.heddle.token;

import org.jspecify.annotations.NullMarked;
