/** Tests of what the example agents' tools compute. */
@NullMarked
package dev.heddle.agents.examples;

import org.jspecify.annotations.NullMarked;
