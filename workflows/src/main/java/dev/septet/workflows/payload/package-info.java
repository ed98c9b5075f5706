/** Conversion of values to payloads: JSON by the spec's rules, with a size limit. */
@NullMarked
package dev.septet.workflows.payload;

import org.jspecify.annotations.NullMarked;
