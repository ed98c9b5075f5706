@NullMarked
package dev.septet.examples.world;

import org.jspecify.annotations.NullMarked;
