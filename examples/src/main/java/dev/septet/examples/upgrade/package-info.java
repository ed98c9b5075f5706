/** A drill: a rolling upgrade of workers and server in the middle of runs, with changed workflows. */
@NullMarked
package dev.septet.examples.upgrade;

import org.jspecify.annotations.NullMarked;
