/** The safety of a model's answers: guard models, rules, refusals and jailbreaks. */
@NullMarked
package dev.septet.activities.evaluate.safety;

import org.jspecify.annotations.NullMarked;
