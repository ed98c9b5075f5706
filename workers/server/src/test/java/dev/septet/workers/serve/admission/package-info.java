/** Tests of shares and turns. */
@NullMarked
package dev.septet.workers.serve.admission;

import org.jspecify.annotations.NullMarked;
