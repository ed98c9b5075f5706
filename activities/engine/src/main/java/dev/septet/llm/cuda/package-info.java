/** The CUDA build of libtorch, and the NVIDIA driver and cards of this machine. */
@NullMarked
package dev.septet.llm.cuda;

import org.jspecify.annotations.NullMarked;
