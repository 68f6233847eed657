/** Tests of what a team uses, and of the whole executor with a real Kafka. */
@NullMarked
package dev.heddle.agents;

import org.jspecify.annotations.NullMarked;
