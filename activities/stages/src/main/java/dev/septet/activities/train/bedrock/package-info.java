/** Model customization jobs of Amazon Bedrock, and the deployments that answer for their models. */
@NullMarked
package dev.septet.activities.train.bedrock;

import org.jspecify.annotations.NullMarked;
