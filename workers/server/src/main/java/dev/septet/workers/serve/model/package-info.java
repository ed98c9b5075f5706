/** The served models by name, and their swap while requests run. */
@NullMarked
package dev.septet.workers.serve.model;

import org.jspecify.annotations.NullMarked;
