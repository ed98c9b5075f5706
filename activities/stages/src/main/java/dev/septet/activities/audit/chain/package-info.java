/** The hash-chained files of an audit log: segments, heads, seals, encryption and verification. */
@NullMarked
package dev.septet.activities.audit.chain;

import org.jspecify.annotations.NullMarked;
