@NullMarked
package dev.septet.release;

import org.jspecify.annotations.NullMarked;
