/**
 * Configuration: one immutable record tree a role, filled from its defaults, a YAML file, the environment and
 * {@code --set}.
 *
 * <p>Each role's main calls in once, before anything else runs. It is the only package that reads the environment.
 *
 * <p>Invariants: a key that no record has is an error that names the key and its source; secrets are files, so that a
 * configuration can be printed.
 */
@NullMarked
package dev.heddle.config;

import org.jspecify.annotations.NullMarked;
