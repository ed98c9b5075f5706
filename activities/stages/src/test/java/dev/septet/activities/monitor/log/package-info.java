@NullMarked
package dev.septet.activities.monitor.log;

import org.jspecify.annotations.NullMarked;
