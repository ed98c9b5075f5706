@NullMarked
package dev.septet.workers.cli.publish;

import org.jspecify.annotations.NullMarked;
