/** Where rows come from: the files of a pipeline's sources. */
@NullMarked
package dev.septet.activities.source;

import org.jspecify.annotations.NullMarked;
