@NullMarked
package dev.septet.activities.monitor;

import org.jspecify.annotations.NullMarked;
