/** The archive for a bug report: facts about this machine and a run, without secrets, prompts, rows and answers. */
@NullMarked
package dev.septet.workers.cli.support;

import org.jspecify.annotations.NullMarked;
