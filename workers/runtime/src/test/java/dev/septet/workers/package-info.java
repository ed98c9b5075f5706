@NullMarked
package dev.septet.workers;

import org.jspecify.annotations.NullMarked;
