/** Services with OpenAI's API that the operator of the workers declares, and the models that they hold. */
@NullMarked
package dev.septet.activities.endpoint;

import org.jspecify.annotations.NullMarked;
