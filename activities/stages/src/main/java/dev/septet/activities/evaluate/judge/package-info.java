/** Models that judge answers: requests, verdicts, agreement of judges with each other and with people. */
@NullMarked
package dev.septet.activities.evaluate.judge;

import org.jspecify.annotations.NullMarked;
