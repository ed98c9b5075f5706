/**
 * Source text to a small tree: bytes checked, text scanned, parsed by Groovy's own parser under a
 * deadline, and copied node by node through a list of what is allowed. Nothing is ever compiled or
 * run. No other package knows Groovy, and nothing of Groovy leaves this one.
 */
@NullMarked
package dev.septet.dsl.parse;

import org.jspecify.annotations.NullMarked;
