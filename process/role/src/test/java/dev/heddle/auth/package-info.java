/** Tests of the tokens' judge. */
@NullMarked
package dev.heddle.auth;

import org.jspecify.annotations.NullMarked;
