/** Tests of token verification. */
@NullMarked
package dev.heddle.auth;

import org.jspecify.annotations.NullMarked;
