/** Kills one training again and again, and compares its bytes with those of an undisturbed one. */
@NullMarked
package dev.septet.examples.kills;

import org.jspecify.annotations.NullMarked;
