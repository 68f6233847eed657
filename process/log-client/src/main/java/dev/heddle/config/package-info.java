/**
 * Configuration: one immutable record tree a role, filled from its defaults, a YAML file, the environment and
 * {@code --set}.
 *
 * <p>Each role's main calls in once, before anything else runs. The one package that reads the environment.
 *
 * <p>Invariants: a key that no record has is an error that names it and where it stands; secrets are files, so that a
 * configuration can be printed.
 */
@NullMarked
package dev.heddle.config;

import org.jspecify.annotations.NullMarked;
