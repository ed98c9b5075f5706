@NullMarked
package dev.septet.workers.cli.review;

import org.jspecify.annotations.NullMarked;
