@NullMarked
package dev.septet.workers.endpoint;

import org.jspecify.annotations.NullMarked;
