/**
 * Canary checks: compares a model on trial, which gets a share of the requests, with the present
 * model by the audit log.
 */
@NullMarked
package dev.septet.activities.canary;

import org.jspecify.annotations.NullMarked;
