/** TorchScript programs of a model: inference, fused training and autograd training. */
@NullMarked
package dev.septet.llm.model.program;

import org.jspecify.annotations.NullMarked;
