@NullMarked
package dev.septet.workers.local;

import org.jspecify.annotations.NullMarked;
