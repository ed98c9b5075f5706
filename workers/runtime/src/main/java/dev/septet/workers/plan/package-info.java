/** What a run would do, found out without starting anything. */
@NullMarked
package dev.septet.workers.plan;

import org.jspecify.annotations.NullMarked;
