/**
 * The store of artifacts, stage results and checkpoints: content-addressed, with the manifest
 * written last.
 */
@NullMarked
package dev.septet.activities.store;

import org.jspecify.annotations.NullMarked;
