/** Commands about the store: {@code gc}, and the check of all bytes of {@code verify --store}. */
@NullMarked
package dev.septet.workers.cli.store;

import org.jspecify.annotations.NullMarked;
