/** What the pages show: it is read from the Temporal server and the store, and kept for a few seconds. It knows no HTTP. */
@NullMarked
package dev.septet.workers.cli.ui.view;

import org.jspecify.annotations.NullMarked;
