@NullMarked
package dev.septet.activities.evaluate.metric.value;

import org.jspecify.annotations.NullMarked;
