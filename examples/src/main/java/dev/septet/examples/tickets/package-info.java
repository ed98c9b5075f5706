/** The quickstart's task: the input is a support ticket, the output is a routing record. */
@NullMarked
package dev.septet.examples.tickets;

import org.jspecify.annotations.NullMarked;
