/** A small fictional world, described in generated plain English. Equal seeds give equal texts. */
@NullMarked
package dev.septet.examples.world;

import org.jspecify.annotations.NullMarked;
