/** The deployed model, as far as it reads prompts. */
@NullMarked
package dev.septet.activities.monitor.prompt;

import org.jspecify.annotations.NullMarked;
