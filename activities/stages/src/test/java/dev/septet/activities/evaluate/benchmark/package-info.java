@NullMarked
package dev.septet.activities.evaluate.benchmark;

import org.jspecify.annotations.NullMarked;
