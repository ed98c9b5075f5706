/** Models by the name that a request gives, and how they are swapped while requests run. */
@NullMarked
package dev.septet.workers.serve.model;

import org.jspecify.annotations.NullMarked;
