/** Tests of what computes answers. */
@NullMarked
package dev.septet.workers.serve.backend;

import org.jspecify.annotations.NullMarked;
