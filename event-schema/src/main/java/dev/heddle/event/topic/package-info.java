/**
 * The topics of Heddle: their names, how they are laid out, how they are made and checked.
 *
 * <p>Every role calls in at its start and blocks there; nothing here owns an admin client, and a thread only the reader of a compacted topic.
 */
@NullMarked
package dev.heddle.event.topic;

import org.jspecify.annotations.NullMarked;
