/** Changed copies of training rows, made without a model: letter case, typos, synonyms, templates, swapped terms. */
@NullMarked
package dev.septet.activities.prepare.augment;

import org.jspecify.annotations.NullMarked;
