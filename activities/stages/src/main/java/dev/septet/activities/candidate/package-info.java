/** The activities that choose a base model from several candidates. */
@NullMarked
package dev.septet.activities.candidate;

import org.jspecify.annotations.NullMarked;
