/** Which machine has a pipeline's files, where several share a store. */
@NullMarked
package dev.septet.workflows.host;

import org.jspecify.annotations.NullMarked;
