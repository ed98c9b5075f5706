@NullMarked
package dev.septet.activities.evaluate.metric;

import org.jspecify.annotations.NullMarked;
