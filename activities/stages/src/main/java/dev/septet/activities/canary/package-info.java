/** Live checks of a model that is tried on a share of the requests, from the audit log. */
@NullMarked
package dev.septet.activities.canary;

import org.jspecify.annotations.NullMarked;
