/** The back ends that generate answers, on Septet's own engine. */
@NullMarked
package dev.septet.workers.serve.backend;

import org.jspecify.annotations.NullMarked;
