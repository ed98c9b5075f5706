/**
 * The initialize stage: checks a base model, copies it into the store, and estimates the training's
 * cost.
 */
@NullMarked
package dev.septet.activities.basemodel;

import org.jspecify.annotations.NullMarked;
