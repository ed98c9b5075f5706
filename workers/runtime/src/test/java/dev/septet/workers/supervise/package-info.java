@NullMarked
package dev.septet.workers.supervise;

import org.jspecify.annotations.NullMarked;
