/** What a run says about itself when it ends: its memo, and the facts at the head of its report page. */
@NullMarked
package dev.septet.workflows.summary;

import org.jspecify.annotations.NullMarked;
