@NullMarked
package dev.septet.workers.gateway;

import org.jspecify.annotations.NullMarked;
