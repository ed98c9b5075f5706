/** Commands that serve a model and talk to it. */
@NullMarked
package dev.septet.workers.cli.serve;

import org.jspecify.annotations.NullMarked;
