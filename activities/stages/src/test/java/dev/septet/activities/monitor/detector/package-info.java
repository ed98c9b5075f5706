@NullMarked
package dev.septet.activities.monitor.detector;

import org.jspecify.annotations.NullMarked;
