package dev.septet.dsl.bind;

import dev.septet.dsl.problem.Problems;

/** What all binders of one file share. */
record Binding(Problems problems, Places places, Paths paths) {}
