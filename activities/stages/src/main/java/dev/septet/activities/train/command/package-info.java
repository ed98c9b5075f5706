/**
 * Training by an outside program that the operator of the worker allows; see {@code .github/docs/trainers.md}. Here are the
 * back end of the stage, and trainers that run on the machine of a worker.
 */
@NullMarked
package dev.septet.activities.train.command;

import org.jspecify.annotations.NullMarked;
