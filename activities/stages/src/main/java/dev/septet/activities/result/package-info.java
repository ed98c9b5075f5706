/** Results of stages under their keys: found again, explained, and registered for search. */
@NullMarked
package dev.septet.activities.result;

import org.jspecify.annotations.NullMarked;
