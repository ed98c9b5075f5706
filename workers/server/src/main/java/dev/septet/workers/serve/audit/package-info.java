/** What pipelines' models were asked and answered, and what people thought of it, written down. */
@NullMarked
package dev.septet.workers.serve.audit;

import org.jspecify.annotations.NullMarked;
