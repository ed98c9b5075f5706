/** Kills a training many times, and compares its bytes with those of an undisturbed training. */
@NullMarked
package dev.septet.examples.kills;

import org.jspecify.annotations.NullMarked;
