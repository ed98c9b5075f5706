/**
 * The operator's identity provider (OpenID Connect): its declaration, its addresses and keys, and the check of a person's token.
 */
@NullMarked
package dev.septet.activities.identity;

import org.jspecify.annotations.NullMarked;
