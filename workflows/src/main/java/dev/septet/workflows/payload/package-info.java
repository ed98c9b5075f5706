/** How values cross to the server: JSON by the spec's rules, and never too much of it. */
@NullMarked
package dev.septet.workflows.payload;

import org.jspecify.annotations.NullMarked;
