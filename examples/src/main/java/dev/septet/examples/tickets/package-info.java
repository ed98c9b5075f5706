/** The quickstart's task: a support ticket in, a routing record out. */
@NullMarked
package dev.septet.examples.tickets;

import org.jspecify.annotations.NullMarked;
