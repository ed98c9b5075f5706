@NullMarked
package dev.septet.workers.trace;

import org.jspecify.annotations.NullMarked;
