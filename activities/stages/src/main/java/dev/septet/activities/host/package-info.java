/** Which machine has a pipeline's files, where several share a store. */
@NullMarked
package dev.septet.activities.host;

import org.jspecify.annotations.NullMarked;
