@NullMarked
package dev.septet.activities.dataset.source.compression;

import org.jspecify.annotations.NullMarked;
