/** Samples of prompts and answers: what detectors compare. */
@NullMarked
package dev.septet.activities.monitor.sample;

import org.jspecify.annotations.NullMarked;
