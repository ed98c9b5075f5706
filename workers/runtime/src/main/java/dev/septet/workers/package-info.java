/** Worker processes: what any Temporal worker needs to run Septet's stages. */
@NullMarked
package dev.septet.workers;

import org.jspecify.annotations.NullMarked;
