@NullMarked
package dev.septet.workers.gpu;

import org.jspecify.annotations.NullMarked;
