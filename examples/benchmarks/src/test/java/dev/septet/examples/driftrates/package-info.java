@NullMarked
package dev.septet.examples.driftrates;

import org.jspecify.annotations.NullMarked;
