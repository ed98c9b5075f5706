@NullMarked
package dev.septet.workers.observe;

import org.jspecify.annotations.NullMarked;
