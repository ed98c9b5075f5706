/** What writes the answers: Septet's own engine. */
@NullMarked
package dev.septet.workers.serve.backend;

import org.jspecify.annotations.NullMarked;
