/** Reads prompts with the deployed model. */
@NullMarked
package dev.septet.activities.monitor.prompt;

import org.jspecify.annotations.NullMarked;
