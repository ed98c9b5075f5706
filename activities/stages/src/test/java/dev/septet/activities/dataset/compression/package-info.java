@NullMarked
package dev.septet.activities.dataset.compression;

import org.jspecify.annotations.NullMarked;
