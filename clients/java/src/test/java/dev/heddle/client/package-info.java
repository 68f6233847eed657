@NullMarked
package dev.heddle.client;

import org.jspecify.annotations.NullMarked;
