@NullMarked
package dev.septet.workers.cli.workers;

import org.jspecify.annotations.NullMarked;
