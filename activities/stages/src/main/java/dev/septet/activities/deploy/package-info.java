/** The deploy stage: verified exports, publication, and the alias that moves atomically. */
@NullMarked
package dev.septet.activities.deploy;

import org.jspecify.annotations.NullMarked;
