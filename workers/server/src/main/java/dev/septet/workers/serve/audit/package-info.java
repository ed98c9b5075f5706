/** The audit log of questions, answers and feedback of pipelines' models. */
@NullMarked
package dev.septet.workers.serve.audit;

import org.jspecify.annotations.NullMarked;
