/** Makes libtorch with CUDA available, and distributes the cards of a machine over worker processes. */
@NullMarked
package dev.septet.workers.gpu;

import org.jspecify.annotations.NullMarked;
