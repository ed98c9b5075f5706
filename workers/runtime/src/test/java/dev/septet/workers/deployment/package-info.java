@NullMarked
package dev.septet.workers.deployment;

import org.jspecify.annotations.NullMarked;
