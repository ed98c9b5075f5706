@NullMarked
package dev.septet.workers.schedule;

import org.jspecify.annotations.NullMarked;
