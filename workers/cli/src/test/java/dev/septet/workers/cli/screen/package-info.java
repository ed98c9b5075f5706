@NullMarked
package dev.septet.workers.cli.screen;

import org.jspecify.annotations.NullMarked;
