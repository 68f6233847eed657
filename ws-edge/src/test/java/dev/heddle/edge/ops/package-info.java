/** Tests of the edge's metrics, on the test's thread. */
@NullMarked
package dev.heddle.edge.ops;

import org.jspecify.annotations.NullMarked;
