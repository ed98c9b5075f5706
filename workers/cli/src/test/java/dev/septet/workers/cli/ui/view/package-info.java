@NullMarked
package dev.septet.workers.cli.ui.view;

import org.jspecify.annotations.NullMarked;
