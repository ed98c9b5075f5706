/** Training by an outside program that the operator of the worker allows; see {@code .github/docs/trainers.md}. */
@NullMarked
package dev.septet.activities.train.command;

import org.jspecify.annotations.NullMarked;
