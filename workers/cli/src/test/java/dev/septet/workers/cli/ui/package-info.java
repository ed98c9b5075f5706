@NullMarked
package dev.septet.workers.cli.ui;

import org.jspecify.annotations.NullMarked;
