@NullMarked
package dev.septet.activities.evaluate.cluster;

import org.jspecify.annotations.NullMarked;
