/** Commands that show, verify and review audit logs. */
@NullMarked
package dev.septet.workers.cli.audit;

import org.jspecify.annotations.NullMarked;
