/**
 * The pages of {@code docs} that are made from the code, and the test that the committed ones are those.
 *
 * <p>Here, because only this module sees every role. Tests call in, on their own threads; nothing is kept.
 */
@NullMarked
package dev.heddle.local.docs;

import org.jspecify.annotations.NullMarked;
