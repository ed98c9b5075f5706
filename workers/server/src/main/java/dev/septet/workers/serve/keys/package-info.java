/** API keys: their names, what each may do, and the lines of a key file. */
@NullMarked
package dev.septet.workers.serve.keys;

import org.jspecify.annotations.NullMarked;
