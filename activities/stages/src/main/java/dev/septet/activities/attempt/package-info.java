/** An activity's attempt: its count, heartbeats, failures and shutdown. It may use Temporal. */
@NullMarked
package dev.septet.activities.attempt;

import org.jspecify.annotations.NullMarked;
