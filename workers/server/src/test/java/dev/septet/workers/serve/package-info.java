@NullMarked
package dev.septet.workers.serve;

import org.jspecify.annotations.NullMarked;
