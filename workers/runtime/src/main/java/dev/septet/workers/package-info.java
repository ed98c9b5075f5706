/** Worker processes, and the plugin with which any Temporal worker runs Septet's stages. */
@NullMarked
package dev.septet.workers;

import org.jspecify.annotations.NullMarked;
