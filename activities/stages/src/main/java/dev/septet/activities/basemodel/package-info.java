/** Base models as files: a folder, a GGUF file, or a repository of the Hugging Face hub with its cache. */
@NullMarked
package dev.septet.activities.basemodel;

import org.jspecify.annotations.NullMarked;
