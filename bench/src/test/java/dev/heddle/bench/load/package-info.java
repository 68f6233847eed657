/** Tests of the load: its events, and the judging of what comes back. */
@NullMarked
package dev.heddle.bench.load;

import org.jspecify.annotations.NullMarked;
