/** What teams use, and the quotas that the operator of the workers gives them. */
@NullMarked
package dev.septet.activities.quota;

import org.jspecify.annotations.NullMarked;
