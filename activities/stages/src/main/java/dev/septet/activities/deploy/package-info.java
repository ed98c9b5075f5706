/**
 * Work of stage 6: exports that prove themselves, publication, and the alias that moves at once.
 */
@NullMarked
package dev.septet.activities.deploy;

import org.jspecify.annotations.NullMarked;
