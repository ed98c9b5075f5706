/** From a name or a text to a checked pipeline. */
@NullMarked
package dev.septet.workflows.catalog;

import org.jspecify.annotations.NullMarked;
