@NullMarked
package dev.septet.examples.traffic;

import org.jspecify.annotations.NullMarked;
