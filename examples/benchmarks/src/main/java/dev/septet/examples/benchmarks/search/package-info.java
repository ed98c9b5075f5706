/** How many steps a search with rungs needs to find the winner of the whole grid. */
@NullMarked
package dev.septet.examples.benchmarks.search;

import org.jspecify.annotations.NullMarked;
