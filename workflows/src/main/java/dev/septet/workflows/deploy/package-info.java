/** Stage 6: export and publication. */
@NullMarked
package dev.septet.workflows.deploy;

import org.jspecify.annotations.NullMarked;
