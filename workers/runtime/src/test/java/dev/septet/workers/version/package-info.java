@NullMarked
package dev.septet.workers.version;

import org.jspecify.annotations.NullMarked;
