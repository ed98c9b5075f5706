/** How often the monitor cries wolf, and how often it sees one. */
@NullMarked
package dev.septet.examples.driftrates;

import org.jspecify.annotations.NullMarked;
