@NullMarked
package dev.septet.examples.attacks;

import org.jspecify.annotations.NullMarked;
