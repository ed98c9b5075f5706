/**
 * The files of an export that each kind of target gets: what its tools expect, and nothing else.
 */
@NullMarked
package dev.septet.activities.deploy.publication;

import org.jspecify.annotations.NullMarked;
