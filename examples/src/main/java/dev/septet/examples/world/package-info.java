/** A small made-up world that tells about itself in plain English, the same way for equal seeds. */
@NullMarked
package dev.septet.examples.world;

import org.jspecify.annotations.NullMarked;
