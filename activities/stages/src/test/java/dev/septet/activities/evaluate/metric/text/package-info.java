@NullMarked
package dev.septet.activities.evaluate.metric.text;

import org.jspecify.annotations.NullMarked;
