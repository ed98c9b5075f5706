@NullMarked
package dev.septet.workers.authority;

import org.jspecify.annotations.NullMarked;
