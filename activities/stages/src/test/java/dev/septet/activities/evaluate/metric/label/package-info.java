@NullMarked
package dev.septet.activities.evaluate.metric.label;

import org.jspecify.annotations.NullMarked;
