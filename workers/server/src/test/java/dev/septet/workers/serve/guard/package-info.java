/** Tests of guards of served models. */
@NullMarked
package dev.septet.workers.serve.guard;

import org.jspecify.annotations.NullMarked;
