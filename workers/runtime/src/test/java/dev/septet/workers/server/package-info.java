@NullMarked
package dev.septet.workers.server;

import org.jspecify.annotations.NullMarked;
