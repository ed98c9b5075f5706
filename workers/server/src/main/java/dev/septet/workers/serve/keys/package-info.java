/** API keys: their names, their permissions, and the lines of a key file. */
@NullMarked
package dev.septet.workers.serve.keys;

import org.jspecify.annotations.NullMarked;
