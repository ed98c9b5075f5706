@NullMarked
package dev.septet.examples.tickets;

import org.jspecify.annotations.NullMarked;
