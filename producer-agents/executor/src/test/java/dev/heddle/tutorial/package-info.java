/** The producers' tutorial as a team would write it, outside Heddle's packages: only what is public is there. */
@NullMarked
package dev.heddle.tutorial;

import org.jspecify.annotations.NullMarked;
