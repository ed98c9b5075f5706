@NullMarked
package dev.septet.workers.serve.trace;

import org.jspecify.annotations.NullMarked;
