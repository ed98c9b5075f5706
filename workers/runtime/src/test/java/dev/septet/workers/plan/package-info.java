@NullMarked
package dev.septet.workers.plan;

import org.jspecify.annotations.NullMarked;
