@NullMarked
package dev.septet.activities.evaluate.metric.sampled;

import org.jspecify.annotations.NullMarked;
