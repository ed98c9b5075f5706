/** Stage 7: drift monitoring of the deployed model. */
@NullMarked
package dev.septet.workflows.monitor;

import org.jspecify.annotations.NullMarked;
