/** Where base models come from: folders, GGUF files, the hub. */
@NullMarked
package dev.septet.activities.basemodel;

import org.jspecify.annotations.NullMarked;
