/**
 * Models from the Hugging Face hub, in the cache that its own tools use: what one of them has
 * fetched is not fetched again. Every file is verified; no pickle is ever fetched.
 */
@NullMarked
package dev.septet.activities.hub;

import org.jspecify.annotations.NullMarked;
