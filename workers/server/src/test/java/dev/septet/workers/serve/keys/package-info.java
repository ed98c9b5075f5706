/** Tests of keys and key files. */
@NullMarked
package dev.septet.workers.serve.keys;

import org.jspecify.annotations.NullMarked;
