/** Hostile files and requests, made from a seed and sent through the entries that users use. */
@NullMarked
package dev.septet.examples.attacks;

import org.jspecify.annotations.NullMarked;
