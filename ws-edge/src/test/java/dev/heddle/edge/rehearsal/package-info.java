/** Tests of the rehearsal. */
@NullMarked
package dev.heddle.edge.rehearsal;

import org.jspecify.annotations.NullMarked;
