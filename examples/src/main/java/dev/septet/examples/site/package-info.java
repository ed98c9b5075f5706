/** Builds the documentation site from the Markdown pages of the checkout: static files, searchable without a server. */
@NullMarked
package dev.septet.examples.site;

import org.jspecify.annotations.NullMarked;
