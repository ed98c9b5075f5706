/** Blind comparisons of two models' answers by people, on a page or at a terminal, and their result. */
@NullMarked
package dev.septet.workers.cli.review;

import org.jspecify.annotations.NullMarked;
