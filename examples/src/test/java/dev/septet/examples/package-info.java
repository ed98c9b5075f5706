@NullMarked
package dev.septet.examples;

import org.jspecify.annotations.NullMarked;
