/** The stages of a run as one graph: which results each takes, how its request is made, and what its key depends on. */
@NullMarked
package dev.septet.workflows.graph;

import org.jspecify.annotations.NullMarked;
