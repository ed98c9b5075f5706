/**
 * The parity chain: adapter, merged, quantised, file, endpoint. Each form of a model is held to the
 * form it was made from, by numbers with a bound; ADR 14 says why these.
 */
@NullMarked
package dev.septet.activities.deploy.chain;

import org.jspecify.annotations.NullMarked;
