/**
 * The parity chain: adapter, merged model, quantized forms, file, endpoint. Each form of a model is
 * compared with the form that it was made from, by measurements with bounds; ADR 14 gives the
 * reasons.
 */
@NullMarked
package dev.septet.activities.deploy.chain;

import org.jspecify.annotations.NullMarked;
