/**
 * What all ways to run an outside trainer share: its declaration, its run folder, and its launcher; see {@code
 * .github/docs/trainers.md}.
 */
@NullMarked
package dev.septet.activities.train.outside;

import org.jspecify.annotations.NullMarked;
