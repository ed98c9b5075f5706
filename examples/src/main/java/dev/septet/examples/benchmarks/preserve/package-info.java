/** What a training costs of earlier skills, with and without the words that preserve them. */
@NullMarked
package dev.septet.examples.benchmarks.preserve;

import org.jspecify.annotations.NullMarked;
