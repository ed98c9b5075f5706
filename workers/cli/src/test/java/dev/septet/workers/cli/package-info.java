@NullMarked
package dev.septet.workers.cli;

import org.jspecify.annotations.NullMarked;
