/**
 * What is served: one small record per pipeline. Publishing, trying a challenger, promoting and
 * rolling back each replace it at once.
 */
@NullMarked
package dev.septet.activities.serving;

import org.jspecify.annotations.NullMarked;
